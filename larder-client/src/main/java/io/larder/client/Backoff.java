package io.larder.client;

import io.larder.base.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * How long a node is left alone after it could not be reached: 50 ms, doubling up to 1.6 s, each shortened by up to a
 * quarter at random so that clients do not come in step. A node that returns is in use again within 2 s, and a dead one
 * costs two dials a second. However connections come and go, there are never more dials in a second than the limit. Not thread-safe.
 */
final class Backoff {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int DOUBLINGS_MAX = 5;
    private static final double JITTER = 0.25;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;
    private final DoubleSupplier random;
    private int failures;
    private long untilNanos;

    /** When the last dials were, the oldest at {@code dials}, which counts on. */
    private final long[] dialNanos;

    private int dials;

    /**
     * Starts without a wait.
     *
     * @param random numbers from 0 to 1
     */
    Backoff(Ticker ticker, int dialsPerSecondMax, DoubleSupplier random) {
        this.dialNanos = new long[dialsPerSecondMax];
        this.ticker = ticker;
        this.random = random;
    }

    void failed() {
        long full = FIRST_NANOS << Math.min(failures, DOUBLINGS_MAX);
        failures++;
        untilNanos = ticker.nanos() + (long) (full * (1 - JITTER * random.getAsDouble()));
    }

    /** Dials in vain, since the last that succeeded. */
    int failures() {
        return failures;
    }

    void succeeded() {
        failures = 0;
    }

    /** Takes note of a dial. */
    void dialled() {
        dialNanos[dials++ % dialNanos.length] = ticker.nanos();
        dials = dials == 2 * dialNanos.length ? dialNanos.length : dials;
    }

    /** Nanoseconds until the next dial; zero or less if it may be now. */
    long leftNanos() {
        long now = ticker.nanos();
        long afterFailure = failures == 0 ? 0 : untilNanos - now;
        long afterDials = dials < dialNanos.length ? 0 : dialNanos[dials % dialNanos.length] + SECOND_NANOS - now;
        return Math.max(afterFailure, afterDials);
    }
}
