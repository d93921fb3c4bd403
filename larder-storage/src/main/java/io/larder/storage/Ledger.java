package io.larder.storage;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The one account of the store's memory, in bytes: segments and index. Thread-safe.
 *
 * <p>The index must have what it needs and may overdraw; segments are given back until the balance is right.
 */
final class Ledger {
    private final AtomicLong used = new AtomicLong();
    private volatile long limit;

    Ledger(long limit) {
        this.limit = limit;
    }

    long limit() {
        return limit;
    }

    void limit(long changed) {
        limit = changed;
    }

    long used() {
        return used.get();
    }

    boolean isOverdrawn() {
        return used.get() > limit;
    }

    void take(long bytes) {
        used.addAndGet(bytes);
    }

    boolean tryTake(long bytes) {
        long seen = used.get();
        while (seen + bytes <= limit) {
            if (used.compareAndSet(seen, seen + bytes)) {
                return true;
            }
            seen = used.get();
        }
        return false;
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }
}
