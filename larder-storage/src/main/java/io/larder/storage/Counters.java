package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of one thread, summed over all when asked: exact, and nobody waits for anybody.
 *
 * <p>Only the owner adds; anybody may read.
 */
final class Counters {
    enum Kind {
        ITEMS(0),
        ITEM_BYTES(1),
        STORED(2),
        EVICTED(3),
        EVICTED_UNFETCHED(4),
        RECLAIMED(5),
        EXPIRED_UNFETCHED(6),
        COPIED_BYTES(7),
        EVICTED_MORTAL(8),
        FOUND_EXPIRED(9),
        FOUND_FLUSHED(10);

        private final int at;

        Kind(int at) {
            this.at = at;
        }
    }

    private static final int KINDS = Kind.values().length;

    /** So that two threads' counters never share a cache line. */
    private static final int APART = 16;

    private final AtomicLongArray values = new AtomicLongArray(APART + KINDS + APART);

    void add(Kind kind, long count) {
        values.setRelease(APART + kind.at, values.getPlain(APART + kind.at) + count);
    }

    long get(Kind kind) {
        return values.getAcquire(APART + kind.at);
    }

    /** All counters of a store. Thread-safe. */
    static final class Board {
        @GuardedBy("this")
        private final List<Counters> open = new ArrayList<>();

        @GuardedBy("this")
        private final Counters closed = new Counters();

        synchronized Counters open() {
            Counters counters = new Counters();
            open.add(counters);
            return counters;
        }

        /** Keeps what the owner counted; the owner counts no more. */
        synchronized void close(Counters counters) {
            if (open.remove(counters)) {
                for (Kind kind : Kind.values()) {
                    closed.add(kind, counters.get(kind));
                }
            }
        }

        synchronized long sum(Kind kind) {
            long sum = closed.get(kind);
            for (Counters counters : open) {
                sum += counters.get(kind);
            }
            return sum;
        }
    }
}
