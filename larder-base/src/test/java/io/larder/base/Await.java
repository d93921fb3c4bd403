package io.larder.base;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits in tests for what another thread or process brings about: ends as soon as it is so, fails at a deadline. */
public final class Await {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 2_000_000;

    private Await() {}

    /**
     * Returns once the condition holds.
     *
     * @throws AssertionError if it does not within 60 seconds, which is for machines that stand still for a while
     */
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("still waiting after " + DEADLINE.toSeconds() + " s until " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
