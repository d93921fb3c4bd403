package io.larder.toolbox;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What this process does with the calls of one key. Thread-safe; nobody waits at {@link #lock} for a store. */
abstract sealed class KeyCircuit permits LocalCircuit, SharedCircuit {
    final Circuits circuits;
    final String key;
    final ReentrantLock lock = new ReentrantLock();
    private volatile boolean isUsed = true; // since it was last looked at for room

    KeyCircuit(Circuits circuits, String key) {
        this.circuits = circuits;
        this.key = key;
    }

    /**
     * How a call was let pass.
     *
     * @param term of the circuit; what ends in another one tells nothing
     */
    record Entry(long term, boolean isProbe) {}

    /** How a call ended. */
    enum Outcome {
        WELL,
        FAILED,
        /** It counts neither way. */
        IGNORED
    }

    /** Lets a call pass, or null. */
    abstract @Nullable Entry enter();

    /** A call that was let pass has ended. */
    abstract void ended(Entry entry, Outcome outcome, boolean slow);

    /** The state as this process knows it; belongs to whoever holds the lock. */
    abstract Circuit view();

    /** It is forgotten here: tells the store of failures it does not know yet. */
    abstract void leave();

    CircuitBreaker.State state() {
        lock.lock();
        try {
            return view().state();
        } finally {
            lock.unlock();
        }
    }

    BreakerStatus status(String text) {
        lock.lock();
        try {
            Circuit view = view();
            long now = circuits.nowMillis();
            OutcomeWindow window = view.window();
            window.advance(now);
            return new BreakerStatus(
                    text, view.state(), window.calls(), window.failed(), window.slow(), view.retryAfter(now));
        } finally {
            lock.unlock();
        }
    }

    void used() {
        if (!isUsed) { // most often it is, and then nothing is written that other threads read
            isUsed = true;
        }
    }

    /** Whether it was used since this was last asked. */
    boolean wasUsed() {
        boolean used = isUsed;
        isUsed = false;
        return used;
    }
}
