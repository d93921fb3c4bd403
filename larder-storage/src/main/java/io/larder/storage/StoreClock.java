package io.larder.storage;

import io.larder.base.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * Whole seconds since the store began, the unit of every stored time. Thread-safe.
 *
 * <p>A deadline is the current second plus the TTL, and over once the clock shows it: an item never outlives its TTL and
 * loses less than a second of it.
 */
final class StoreClock {
    /** A deadline that never comes. */
    static final long NEVER = 0;

    /** Longer TTLs never end: a deadline has 32 bits, without sign. */
    static final long TTL_SECONDS_MAX = TimeUnit.DAYS.toSeconds(50 * 365L);

    private static final long DEADLINE_MAX = 0xffff_ffffL;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;
    private volatile long originNanos;

    StoreClock(Ticker ticker) {
        this.ticker = ticker;
        this.originNanos = ticker.nanos();
    }

    /** A store that was stopped goes on where its clock would be now; before the first call. */
    void goOnFrom(long elapsedSeconds) {
        originNanos = ticker.nanos() - elapsedSeconds * NANOS;
    }

    long nanos() {
        return ticker.nanos();
    }

    /** Never less than 0. */
    long seconds() {
        return (ticker.nanos() - originNanos) / NANOS;
    }

    /** For a TTL that is not negative. */
    static long deadline(long nowSeconds, long ttlSeconds) {
        return ttlSeconds == 0 || ttlSeconds > TTL_SECONDS_MAX || nowSeconds + ttlSeconds > DEADLINE_MAX
                ? NEVER
                : nowSeconds + ttlSeconds;
    }

    static boolean isOver(long deadline, long nowSeconds) {
        return deadline != NEVER && deadline <= nowSeconds;
    }
}
