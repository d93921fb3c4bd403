package io.larder.storage;

import io.larder.base.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The instants up to which everything stored is invisible: one that has passed and one that may lie ahead. Thread-safe.
 *
 * <p>It hands out the CAS tokens as well: they number all stores, so that a store right after a flush survives it although
 * the clock has not moved.
 */
final class FlushMark {
    private final Ticker ticker;
    private final AtomicLong cas = new AtomicLong();
    private volatile Cut cut = new Cut(0, Instant.NONE, Instant.NONE);

    private record Instant(boolean set, long nanos) {
        static final Instant NONE = new Instant(false, 0);

        boolean reachedAt(long nowNanos) {
            return set && nowNanos - nanos >= 0;
        }

        boolean isAfter(long storedNanos) {
            return set && storedNanos - nanos < 0;
        }
    }

    /**
     * @param casLast entries with a token up to this are gone
     * @param passed entries stored before this are gone
     * @param ahead as {@code passed}, once the clock reaches it
     */
    private record Cut(long casLast, Instant passed, Instant ahead) {}

    FlushMark(Ticker ticker) {
        this.ticker = ticker;
    }

    /** The token of a store that happens now; the first is 1. */
    long nextCas() {
        return cas.incrementAndGet();
    }

    synchronized void set(long delaySeconds) {
        long now = ticker.nanos();
        Instant passed = cut.ahead.reachedAt(now) ? cut.ahead : cut.passed;
        cut = delaySeconds <= 0
                ? new Cut(cas.get(), Instant.NONE, Instant.NONE)
                : new Cut(cut.casLast, passed, new Instant(true, now + TimeUnit.SECONDS.toNanos(delaySeconds)));
    }

    /** Whether an entry was cut off. */
    boolean covers(long storedCas, long storedNanos, long nowNanos) {
        Cut current = cut;
        return storedCas <= current.casLast
                || current.passed.isAfter(storedNanos)
                || (current.ahead.reachedAt(nowNanos) && current.ahead.isAfter(storedNanos));
    }
}
