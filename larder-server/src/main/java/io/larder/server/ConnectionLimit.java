package io.larder.server;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts connections and bounds them. Thread-safe. */
final class ConnectionLimit {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();

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
