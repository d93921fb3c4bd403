package io.larder.cache;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a thread has disabled and who listens to it, and the kill switch. While there is none of these anywhere in the process,
 * a get reads one field more. Thread-safe.
 */
final class Control {
    /**
     * What holds in a thread. Immutable: a scope puts another in its place, and puts back the one before.
     *
     * @param disabled for all keys
     * @param parts for some keys besides
     * @param detectors the outermost first
     * @param transaction that which the thread is in; it may have ended meanwhile
     */
    record State(
            Set<Op> disabled,
            List<Part> parts,
            List<Detector> detectors,
            @Nullable Uncommitted transaction) {
        static final State NOTHING = new State(Set.of(), List.of(), List.of(), null);

        State without(Op... ops) {
            Set<Op> all = EnumSet.noneOf(Op.class);
            all.addAll(disabled);
            all.addAll(List.of(ops));
            return new State(Set.copyOf(all), parts, detectors, transaction);
        }

        State without(Part part) {
            List<Part> all = new ArrayList<>(parts);
            all.add(part);
            return new State(disabled, List.copyOf(all), detectors, transaction);
        }

        /** Whether it is allowed for all keys, as far as this goes. What a transaction that was taken back knows must not be kept. */
        boolean allows(Op op) {
            return !disabled.contains(op) && (op != Op.WRITE || transaction == null || !transaction.isRolledBack());
        }

        boolean allows(Op op, String key) {
            return allows(op) && parts.stream().noneMatch(part -> part.disables(op, key));
        }

        State with(Detector detector) {
            List<Detector> all = new ArrayList<>(detectors);
            all.add(detector);
            return new State(disabled, parts, List.copyOf(all), transaction);
        }

        State in(@Nullable Uncommitted other) {
            return new State(disabled, parts, detectors, other);
        }
    }

    /** What is disabled for keys that begin so. */
    record Part(String prefix, Set<Op> ops) {
        boolean disables(Op op, String key) {
            return ops.contains(op) && key.startsWith(prefix);
        }
    }

    @SuppressWarnings("ThreadLocalUsage") // one for each Larder: a scope of one does not touch the others
    private final ThreadLocal<State> states = new ThreadLocal<>();

    private final AtomicInteger open = new AtomicInteger(); // scopes, and one for the kill switch
    private final AtomicInteger listening = new AtomicInteger(); // scopes with detectors
    private volatile boolean off;

    /** Whether nothing is disabled and nobody listens, in any thread. */
    boolean isQuiet() {
        return open.get() == 0;
    }

    /** Whether nothing holds in this thread, whatever holds in others. */
    boolean isQuietHere() {
        return isQuiet() || (states.get() == null && !off);
    }

    /** Whether anybody listens, in any thread. */
    boolean isHeard() {
        return listening.get() != 0;
    }

    /** The transaction this thread is in; {@code null} if it is in none, or that has ended. */
    @Nullable
    Uncommitted transaction() {
        Uncommitted here = isQuiet() ? null : state().transaction();
        return here != null && here.isOpen() ? here : null;
    }

    private State state() {
        State state = states.get();
        return state == null ? State.NOTHING : state;
    }

    /** Whether this may be done to what no key names: a tag, a namespace. */
    boolean allows(Op op) {
        return isQuiet() || (state().allows(op) && isOn(op));
    }

    boolean allows(Op op, String key) {
        return isQuiet() || (state().allows(op, key) && isOn(op));
    }

    /** Whether everything may be done to all keys. */
    boolean allowsAll() {
        return isQuiet()
                || (!off && state().disabled().isEmpty() && state().parts().isEmpty() && state().allows(Op.WRITE));
    }

    /** Whether all keys may be read. */
    boolean allowsAllReads() {
        return isQuiet()
                || (allows(Op.READ)
                        && state().parts().stream().noneMatch(part -> part.ops().contains(Op.READ)));
    }

    private boolean isOn(Op op) {
        return !off || op == Op.INVALIDATE;
    }

    List<Detector> detectors() {
        return state().detectors();
    }

    synchronized void switchOff(boolean isOff) {
        if (off != isOff) {
            off = isOff;
            open.addAndGet(isOff ? 1 : -1);
        }
    }

    boolean isOff() {
        return off;
    }

    Scope disabling(Op... ops) {
        return enter(state().without(ops));
    }

    Scope disabling(String prefix, Op... ops) {
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException(
                    "disabling needs the beginning of the keys that it is for, like \"account:\"; leave it out for all keys");
        }
        return enter(state().without(new Part(prefix, Set.copyOf(List.of(ops)))));
    }

    Scope listening(Detector detector) {
        return enter(state().with(detector));
    }

    /** Puts the thread into a transaction, or for {@code null} into none. */
    Scope in(@Nullable Uncommitted transaction) {
        return enter(state().in(transaction));
    }

    /** Runs work that belongs to the transaction, in whichever thread. */
    void run(Uncommitted transaction, Runnable work) {
        Scope scope = in(transaction);
        try {
            work.run();
        } finally {
            scope.close();
        }
    }

    private Scope enter(State next) {
        @Nullable State before = states.get();
        Thread thread = Thread.currentThread();
        open.incrementAndGet();
        int heard = next.detectors().isEmpty() ? 0 : 1;
        listening.addAndGet(heard);
        states.set(next);
        boolean[] closed = {false};
        return () -> {
            if (Thread.currentThread() != thread) {
                throw new IllegalStateException(
                        "a scope begun by thread %s was closed by %s; close it where it was opened, and carry work by larder.carrying(...)"
                                .formatted(
                                        thread.getName(), Thread.currentThread().getName()));
            }
            if (!closed[0]) {
                closed[0] = true;
                if (before == null) {
                    states.remove();
                } else { // a transaction that was closed before what was begun in it does not come back
                    Uncommitted outer = before.transaction();
                    states.set(outer == null || outer.isOpen() ? before : before.in(null));
                }
                listening.addAndGet(-heard);
                open.decrementAndGet();
            }
        };
    }

    /** Both what holds here and the values that keys name. */
    private Scope enter(State here, Map<String, String> values) {
        Scope scope = enter(here);
        Scope keys = KeyContext.enter(values);
        return () -> {
            keys.close();
            scope.close();
        };
    }

    /** The call, with what holds in this thread now, whichever runs it. */
    <T extends @Nullable Object> Callable<T> carrying(Callable<T> call) {
        State here = state();
        Map<String, String> values = KeyContext.current();
        return () -> {
            Scope scope = enter(here, values);
            try {
                return call.call();
            } finally {
                scope.close();
            }
        };
    }

    Runnable carrying(Runnable run) {
        State here = state();
        Map<String, String> values = KeyContext.current();
        return () -> {
            Scope scope = enter(here, values);
            try {
                run.run();
            } finally {
                scope.close();
            }
        };
    }

    Executor carrying(Executor executor) {
        return run -> executor.execute(carrying(run));
    }

    /** Tells those who listen. */
    void note(String key, Detector.Outcome outcome, Detector.Level level, @Nullable Meta meta, long nowMillis) {
        for (Detector detector : detectors()) {
            detector.add(key, outcome, level, meta, nowMillis);
        }
    }
}
