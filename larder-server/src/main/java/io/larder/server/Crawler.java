package io.larder.server;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What memcached calls its LRU crawler: here, walks over the store that a command asks for. The store needs none to find what has
 * expired. Thread-safe.
 */
final class Crawler {
    /** Walks at a time: each holds a place in the store's epochs and takes turns of an event loop. */
    private static final int WALKS_MAX = 8;

    private final AtomicBoolean enabled = new AtomicBoolean(true);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong starts = new AtomicLong();
    private final AtomicLong itemsChecked = new AtomicLong();

    /** Answers false where it is enabled already. */
    boolean enable() {
        return enabled.compareAndSet(false, true);
    }

    void disable() {
        enabled.set(false);
    }

    boolean isEnabled() {
        return enabled.get();
    }

    /** Makes place for one more walk, which ends with {@link #end}, or answers false. */
    boolean begin() {
        if (running.incrementAndGet() > WALKS_MAX) {
            running.decrementAndGet();
            return false;
        }
        starts.incrementAndGet();
        return true;
    }

    void checked(long items) {
        itemsChecked.addAndGet(items);
    }

    void end() {
        running.decrementAndGet();
    }

    int running() {
        return running.get();
    }

    long starts() {
        return starts.get();
    }

    long itemsChecked() {
        return itemsChecked.get();
    }
}
