package io.larder.client;

import io.larder.base.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * How long a node is left alone after it could not be reached: 50 ms, doubling up to 1.6 s, each shortened by up to a
 * quarter at random so that clients do not come in step. A node that returns is in use again within 2 s, and a dead one
 * costs at most five dials in the first second and two in any later one. Not thread-safe.
 */
final class Backoff {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int DOUBLINGS_MAX = 5;
    private static final double JITTER = 0.25;

    private final Ticker ticker;
    private final DoubleSupplier random;
    private int failures;
    private long untilNanos;

    /**
     * Starts without a wait.
     *
     * @param random numbers from 0 to 1
     */
    Backoff(Ticker ticker, DoubleSupplier random) {
        this.ticker = ticker;
        this.random = random;
    }

    void failed() {
        long full = FIRST_NANOS << Math.min(failures, DOUBLINGS_MAX);
        failures++;
        untilNanos = ticker.nanos() + (long) (full * (1 - JITTER * random.getAsDouble()));
    }

    void succeeded() {
        failures = 0;
    }

    /** Nanoseconds until the next dial; zero or less if it may be now. */
    long leftNanos() {
        return failures == 0 ? 0 : untilNanos - ticker.nanos();
    }
}
