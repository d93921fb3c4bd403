package io.larder.server;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts connections and bounds them. Thread-safe. */
final class ConnectionLimit {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicInteger pausing = new AtomicInteger();
    private final AtomicLong pauses = new AtomicLong();
    private final AtomicLong pausedNanos = new AtomicLong();

    ConnectionLimit(int max) {
        this.max = max;
    }

    /** Makes place for one more, or counts the refusal. */
    boolean enter() {
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            rejected.incrementAndGet();
            return false;
        }
        accepted.incrementAndGet();
        return true;
    }

    void leave() {
        open.decrementAndGet();
    }

    /** Nobody is accepted for a while: the system has no file descriptors left. */
    void pauseBegins() {
        pausing.incrementAndGet();
        pauses.incrementAndGet();
    }

    /** The end of what {@link #pauseBegins} began, that much later. */
    void pauseEnds(long nanos) {
        pausedNanos.addAndGet(nanos);
        pausing.decrementAndGet();
    }

    /** Whether who connects now is heard at once. */
    boolean isAccepting() {
        return pausing.get() == 0;
    }

    long pauses() {
        return pauses.get();
    }

    long pausedNanos() {
        return pausedNanos.get();
    }

    int open() {
        return open.get();
    }

    long accepted() {
        return accepted.get();
    }

    long rejected() {
        return rejected.get();
    }
}
