package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers gets of callers who do not wait. What the process holds is answered at once; everything else goes by the same
 * {@link Flight}s as the gets that wait, so that both share loads.
 *
 * <pre>
 *   caller ── glance ──┬─ served
 *                      ├─ joins a flight        told when it lands; no thread waits
 *                      └─ leads, in the background:  find ── load ── land ── store
 * </pre>
 *
 * <p>Each caller has a future of its own, so one that cancels it leaves the load and the others alone. Thread-safe.
 */
final class AsyncReads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Reads<K, V> reads;
    private final Looks<K, V> looks;
    private final Loads<K, V> loads;
    private final Tagging<K> tags;
    private final Policy policy;
    private final boolean looksHere; // nothing blocks: neither the store nor the loader
    private final Surroundings around;

    AsyncReads(
            Definition<V> shared,
            Reads<K, V> reads,
            Looks<K, V> looks,
            Loads<K, V> loads,
            Definitions.Plan<K, V> plan,
            Surroundings around) {
        this.shared = shared;
        this.reads = reads;
        this.looks = looks;
        this.loads = loads;
        this.tags = plan.tags();
        this.policy = plan.policy();
        this.looksHere = plan.loader() instanceof LaterLoader && shared.shelf().isHere();
        this.around = around;
    }

    CompletableFuture<V> get(String key, K argument) {
        List<String> markers = tags.markers(argument);
        reads.asked(key, argument);
        CompletableFuture<V> here = glance(key, markers, argument);
        if (here != null) {
            return here;
        }
        Caller caller = new Caller(key, markers, argument);
        caller.fly();
        return caller.answer;
    }

    /** What the process holds; {@code null} if it has to be looked for. */
    @Nullable
    CompletableFuture<V> glance(String key, List<String> markers, K argument) {
        Lookup<V> seen = shared.shelf().glance(key, markers);
        if (seen instanceof Lookup.Absent<V>) {
            return null;
        }
        Decision decision = looks.decide(key, seen);
        if (decision.loads()) {
            return null;
        }
        try {
            return CompletableFuture.completedFuture(
                    reads.act(decision, Detector.Level.PROCESS, key, markers, argument, seen));
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Looks for something in the background, or here if nothing blocks or there is no place. */
    void elsewhere(Runnable look, Consumer<Throwable> failed) {
        Runnable guarded = () -> {
            try {
                look.run();
            } catch (Throwable t) { // whoever waits gets it
                failed.accept(t);
            }
        };
        try {
            if (looksHere || !around.background().tryRun(guarded)) {
                guarded.run();
            }
        } catch (Throwable t) { // no thread could be started
            failed.accept(t);
        }
    }

    /** One get that is not answered yet. Several threads may try to answer it; the first does. */
    final class Caller {
        final CompletableFuture<V> answer = new CompletableFuture<>();
        private final AtomicBoolean answered =
                new AtomicBoolean(); // the caller may have cancelled, and counts all the same
        private final String key;
        final List<String> markers;
        final K argument;
        private final Patience patience = new Patience(policy, around);
        private boolean awaits; // the load of another process

        Caller(String key, List<String> markers, K argument) {
            this.key = key;
            this.markers = markers;
            this.argument = argument;
        }

        void fly() {
            Flight<V> mine = enter();
            if (mine != null) {
                lead(mine);
            }
        }

        /** Joins the flight of another caller, or answers one that is to be led. */
        @Nullable
        Flight<V> enter() {
            Flight<V> mine = reads.flight(markers);
            Flight<V> other = shared.flights().putIfAbsent(key, mine);
            if (other == null) {
                return mine;
            }
            if (other.leader() == Thread.currentThread() && !other.hasLanded()) {
                fail(Flight.Kind.MISS, new RecursiveLoadException(key));
            } else {
                shared.counters().joined.increment();
                notLongerThan(policy.hardTimeout(), this::tooLong);
                other.listen(() -> follow(other));
            }
            return null;
        }

        /** Another caller's flight has an old value to offer, or has landed. */
        private void follow(Flight<V> flight) {
            Flight.Offer<V> offer = flight.offer();
            if (!flight.hasLanded()) {
                if (offer != null && looks.isServable(key, offer)) {
                    serve(offer.kind(), Detector.Level.LOADER, offer.value());
                }
            } else if (flight.wasInterrupted() && !answered.get()) {
                shared.flights().remove(key, flight); // its leader was told to stop, we were not
                fly();
            } else {
                landed(flight, null);
            }
        }

        void lead(Flight<V> flight) {
            flight.handOver();
            elsewhere(() -> look(flight), failure -> crash(flight, failure));
        }

        /** Answers as the flight does. */
        void watch(Flight<V> flight, Lookup<V> found) {
            flight.listen(() -> {
                if (flight.hasLanded()) {
                    landed(flight, found);
                }
            });
        }

        /** In the thread that leads. */
        private void look(Flight<V> flight) {
            flight.takeOver();
            try {
                Looks.Look<V> look = looks.look(key, markers, patience);
                Shelf.Entry<V> entry = look.entry();
                Decision decision = look.decision();
                if (decision == Decision.AWAIT) {
                    entry.claim().release();
                    if (patience.isTooLong()) {
                        giveUp(flight);
                    } else {
                        lookAgain(flight);
                    }
                    return;
                }
                Lookup<V> found = entry.lookup();
                watch(flight, found);
                if (!decision.loads()) {
                    entry.claim().release();
                    V unused = reads.actAsLeader(flight, decision, key, argument, found);
                    return;
                }
                Loads.Task<K, V> task = new Loads.Task<>(key, markers, argument, found, decision, entry.claim());
                reads.offerOld(flight, task, entry);
                if (decision == Decision.LOAD_OR_SERVE) {
                    notLongerThan(policy.softTimeout(), () -> {
                        shared.counters().timeouts.increment();
                        serve(Flight.Kind.STALE, Detector.Level.STORE, Loads.valueOf(found));
                    });
                }
                if (!awaits) {
                    notLongerThan(policy.hardTimeout(), this::tooLong);
                }
                loads.fillLater(flight, task);
            } catch (Throwable t) { // whoever waits gets it
                crash(flight, t);
            }
        }

        /** As in Reads: this caller waits no longer, and those who joined him have a patience of their own. */
        private void giveUp(Flight<V> flight) {
            shared.flights().remove(key, flight);
            flight.crash(new InterruptedException("of the wait for another process"), Flight.Kind.MISS);
            tooLong(); // unless the timer was first
        }

        /** Another process loads. No thread waits for it. */
        private void lookAgain(Flight<V> flight) {
            if (!awaits) {
                awaits = true;
                shared.counters().joined.increment();
                notLongerThan(policy.hardTimeout(), this::tooLong);
            }
            flight.handOver();
            Runnable closed = () -> crash(flight, closed());
            if (!around.background().whenClosed(closed)) {
                closed.run();
                return;
            }
            around.timer().after(patience.next(), () -> {
                around.background().notWhenClosed(closed);
                if (!around.background().tryRun(() -> goOn(flight))) {
                    lookAgain(flight); // all its threads are busy
                }
            });
        }

        private LarderException closed() {
            return new LarderException("the Larder was closed while another process loaded %s; open another to go on"
                    .formatted(Printable.of(key)));
        }

        private void goOn(Flight<V> flight) {
            if (shared.flights().get(key) == flight) {
                look(flight);
            } else { // overtaken, as in Reads
                flight.abandon();
                fly();
            }
        }

        void crash(Flight<V> flight, Throwable cause) {
            flight.crash(cause, Flight.Kind.MISS);
            shared.flights().remove(key, flight);
            landed(flight, null); // where it listens already, that was first
        }

        /** Runs it if there is no answer by then. */
        private void notLongerThan(Duration patience, Runnable then) {
            if (!patience.equals(Policy.FOREVER)) {
                around.timer().after(patience, () -> {
                    if (!answered.get()) {
                        then.run();
                    }
                });
            }
        }

        private void tooLong() {
            if (answered.compareAndSet(false, true)) {
                shared.counters().timeouts.increment();
                try {
                    answer.complete(reads.instead(key, argument, new LoadTimeoutException(key, policy.hardTimeout())));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            }
        }

        private void landed(Flight<V> flight, @Nullable Lookup<V> found) {
            if (!answered.compareAndSet(false, true)) {
                return;
            }
            shared.tally().got(flight.kind(), key, found, Detector.Level.LOADER);
            try {
                answer.complete(flight.result());
            } catch (Throwable t) {
                answer.completeExceptionally(t);
            }
        }

        private void serve(Flight.Kind kind, Detector.Level level, V value) {
            if (answered.compareAndSet(false, true)) {
                shared.tally().got(kind, key, null, level);
                answer.complete(value);
            }
        }

        private void fail(Flight.Kind kind, Exception failure) {
            if (answered.compareAndSet(false, true)) {
                shared.tally().got(kind, key, null, Detector.Level.LOADER);
                answer.completeExceptionally(failure);
            }
        }
    }
}
