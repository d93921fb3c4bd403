package io.larder.toolbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.base.LarderException;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import io.larder.toolbox.CircuitBreaker.State;
import org.jspecify.annotations.Nullable;

/**
 * One key of a breaker that all processes over a store have in common. Thread-safe.
 *
 * <p>The store has the truth, in a cell that is changed by compare-and-set. This process has a view of it: what it saw last, and what it
 * has counted since. An exchange brings both together: once an interval, in the background; at once, in the background, when the view
 * has seen enough to open, or a probe has ended; and in the caller's thread when a key is met for the first time, or a probe may pass, for
 * of those there are no more than so many in all processes. One exchange of a key runs at a time, and others do not wait for it.
 *
 * <p>While the store does not answer, the view goes on alone, like that of a breaker which is not shared. When the store is back, the
 * later term wins: the store's if others have changed the state since, or that of here.
 */
final class SharedCircuit extends KeyCircuit {
    private static final int TRIES_MAX = 100;

    private final Cells cells;

    @GuardedBy("lock")
    private Circuit view;

    @GuardedBy("lock")
    private Unsent unsent; // of the view's term

    @GuardedBy("lock")
    private boolean isKnown; // the store has been asked, or cannot be

    @GuardedBy("lock")
    private boolean isAlone; // it did not answer

    @GuardedBy("lock")
    private boolean isBusy; // somebody exchanges

    @GuardedBy("lock")
    private boolean isUrgent; // there is something to tell before the interval is over

    @GuardedBy("lock")
    private long askedNanos;

    SharedCircuit(Circuits circuits, String key, Cells cells) {
        super(circuits, key);
        this.cells = cells;
        this.view = new Circuit(circuits.policy());
        this.unsent = new Unsent(circuits.policy());
    }

    /**
     * What an exchange begins with.
     *
     * @param view a copy
     */
    private record Report(Circuit view, Unsent unsent) {}

    /** What is in the store after it. */
    private record Exchanged(Circuit circuit, boolean isProbeGranted) {}

    @Override
    @Nullable
    Entry enter() {
        Entry entry = null;
        boolean asks;
        boolean reports = false;
        lock.lock();
        try {
            asks = !isBusy && needsStore();
            if (asks) {
                isBusy = true;
            } else {
                entry = enterView();
                reports = takeTurn();
            }
        } finally {
            lock.unlock();
        }
        if (asks) {
            return exchange(true);
        }
        if (reports) {
            startExchange();
        }
        return entry;
    }

    /** Whether only the store can say if a call may pass. */
    @GuardedBy("lock")
    private boolean needsStore() {
        boolean needs = !isKnown || (!isAlone && view.state() != State.CLOSED && view.mayProbe(circuits.nowMillis()));
        if (needs && circuits.isStoreDown()) { // as another key has just found out
            isKnown = true;
            isAlone = true;
            askedNanos = circuits.nanos();
            return false;
        }
        return needs && !isAlone;
    }

    /** By the view: as a probe only where nobody else is to be asked. */
    @GuardedBy("lock")
    private @Nullable Entry enterView() {
        if (view.state() == State.CLOSED) {
            return new Entry(view.term(), false);
        }
        return isAlone && view.tryProbe(circuits.nowMillis()) ? new Entry(view.term(), true) : null;
    }

    @Override
    void ended(Entry entry, Outcome outcome, boolean slow) {
        boolean reports;
        lock.lock();
        try {
            if (entry.term() == view.term()) {
                count(entry, outcome, slow);
            }
            reports = takeTurn();
        } finally {
            lock.unlock();
        }
        if (reports) {
            startExchange();
        }
    }

    @GuardedBy("lock")
    private void count(Entry entry, Outcome outcome, boolean slow) {
        long now = circuits.nowMillis();
        if (isAlone) {
            long term = view.term();
            if (view.ended(now, entry, outcome, slow)) {
                circuits.opened();
            }
            if (view.term() != term) {
                unsent.clear();
            } else if (!entry.isProbe()) {
                unsent.add(now, outcome, slow);
            }
        } else if (entry.isProbe()) {
            unsent.addProbe(outcome, slow);
            isUrgent = true;
        } else if (outcome != Outcome.IGNORED) {
            unsent.add(now, outcome, slow);
            view.window().add(now, outcome == Outcome.FAILED, slow);
            isUrgent |= view.isTripped();
        }
    }

    /** Whether the caller is to start an exchange; then it must. */
    @GuardedBy("lock")
    private boolean takeTurn() {
        boolean isDue = circuits.nanos() - askedNanos >= circuits.intervalNanos();
        if (isBusy || !isKnown || !(isDue || (isUrgent && !isAlone))) {
            return false;
        }
        isBusy = true;
        return true;
    }

    private void startExchange() {
        boolean begun = false;
        try {
            begun = circuits.tryRun(() -> {
                Entry unused = exchange(false);
            });
        } finally {
            if (!begun) {
                leaveTurn(); // a later call tries again
            }
        }
    }

    private void leaveTurn() {
        lock.lock();
        try {
            isBusy = false;
        } finally {
            lock.unlock();
        }
    }

    /** Only by who has set {@link #isBusy}. Answers how a call may pass, if one is to. */
    private @Nullable Entry exchange(boolean enters) {
        try {
            Report report = report();
            Exchanged done;
            try {
                done = merge(report, enters);
            } catch (RuntimeException e) {
                circuits.storeFailed();
                return goOnAlone(report, enters);
            }
            circuits.storeAnswered();
            return adopt(done, enters);
        } finally {
            finish();
        }
    }

    private Report report() {
        lock.lock();
        try {
            askedNanos = circuits.nanos();
            isUrgent = false;
            Report report = new Report(view.copy(), unsent);
            unsent = new Unsent(circuits.policy());
            return report;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Brings the store and what is known here together.
     *
     * @throws RuntimeException if the store does not answer
     */
    private Exchanged merge(Report report, boolean enters) {
        for (int i = 0; i < TRIES_MAX; i++) {
            Cell seen = cells.find(key);
            long now = circuits.nowMillis();
            Circuit stored = seen == null ? null : Circuit.of(circuits.policy(), seen.bytes());
            Circuit next;
            boolean isChanged;
            if (stored == null
                    || stored.term() < report.view().term()) { // lost, or left behind while it did not answer
                next = report.view().copy();
                isChanged = !next.isNew();
            } else {
                next = stored;
                isChanged = next.term() == report.view().term()
                        && report.unsent().addTo(next.window())
                        && next.state() == State.CLOSED;
            }
            State before = next.state();
            if (next.term() == report.view().term() && before == State.PROBING) {
                isChanged |= report.unsent().probesTo(next, now);
            }
            next.window().advance(now);
            if (next.isTripped()) {
                next.open(now);
            }
            boolean opens = before != State.OPEN && next.state() == State.OPEN;
            boolean grants = enters && next.state() != State.CLOSED && next.tryProbe(now);
            if ((!isChanged && !opens && !grants) || write(seen, next)) {
                if (opens) {
                    circuits.opened();
                }
                return new Exchanged(next, grants);
            }
        }
        throw new LarderException("a breaker was changed by others %d times in a row".formatted(TRIES_MAX));
    }

    private boolean write(@Nullable Cell seen, Circuit next) {
        return seen == null
                ? cells.add(key, next.bytes(), circuits.ttl(next.state()))
                : cells.replace(key, next.bytes(), seen.version(), circuits.ttl(next.state()));
    }

    private @Nullable Entry adopt(Exchanged done, boolean enters) {
        lock.lock();
        try {
            isKnown = true;
            isAlone = false;
            Circuit stored = done.circuit();
            if (stored.term() < view.term()) {
                isUrgent = true; // it went on alone meanwhile, which the store is to hear
            } else {
                if (stored.term() != view.term()) {
                    unsent.clear();
                }
                boolean unused = unsent.addTo(stored.window());
                view = stored;
                isUrgent |= view.isTripped() || unsent.hasProbes();
            }
            if (!enters) {
                return null;
            }
            return done.isProbeGranted() ? new Entry(stored.term(), true) : enterView();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Entry goOnAlone(Report report, boolean enters) {
        lock.lock();
        try {
            isKnown = true;
            isAlone = true;
            long now = circuits.nowMillis();
            if (view.term() == report.view().term()) {
                report.unsent().addAll(unsent);
                unsent = report.unsent();
                if (view.isTripped()) {
                    view.open(now);
                    circuits.opened();
                } else if (view.state() == State.PROBING && unsent.probesTo(view, now) && view.state() == State.OPEN) {
                    circuits.opened();
                }
                if (view.term() != report.view().term()) {
                    unsent.clear();
                }
            }
            return enters ? enterView() : null;
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        boolean again;
        lock.lock();
        try {
            isBusy = isUrgent && !isAlone; // something urgent has come meanwhile
            again = isBusy;
        } finally {
            lock.unlock();
        }
        if (again) {
            startExchange();
        }
    }

    @Override
    @GuardedBy("lock")
    Circuit view() {
        return view;
    }

    @Override
    void leave() {
        boolean reports;
        lock.lock();
        try {
            reports = !isBusy && isKnown && !isAlone && unsent.hasFailures();
            isBusy |= reports;
        } finally {
            lock.unlock();
        }
        if (reports) {
            startExchange();
        }
    }
}
