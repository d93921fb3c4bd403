package io.larder.cache;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * How long a get waits for the load of another process: as long as the lease lasts and a second for the clock of its store, but not
 * longer than the policy lets a caller wait. It looks again after 5, 10, 20 ... 100 ms, each cut by up to a half at random, so
 * that processes do not look at the same moment. For one get.
 */
final class Patience {
    private static final Duration PAUSE_FIRST = Duration.ofMillis(5);
    private static final Duration PAUSE_MAX = Duration.ofMillis(100);
    private static final Duration LATENESS = Duration.ofSeconds(1);

    private final Policy policy;
    private final Surroundings around;
    private final long startNanos;
    private Duration pause = PAUSE_FIRST;

    Patience(Policy policy, Surroundings around) {
        this.policy = policy;
        this.around = around;
        this.startNanos = around.waiting().nanos();
    }

    Duration waited() {
        return Duration.ofNanos(around.waiting().nanos() - startNanos);
    }

    /** Whether the lease is over, so that somebody else has to load. */
    boolean isOver() {
        return waited().compareTo(policy.lease().plus(LATENESS)) >= 0;
    }

    /** Whether the caller is not to wait any longer for any load. */
    boolean isTooLong() {
        return waited().compareTo(policy.hardTimeout()) >= 0;
    }

    /** How long to pause before the next look. */
    Duration next() {
        Duration whole = pause;
        pause = whole.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? whole.multipliedBy(2) : PAUSE_MAX;
        long nanos = (long) (whole.toNanos() * (1 - around.random() / 2));
        return Duration.ofNanos(Math.max(1, Math.min(nanos, leftNanos())));
    }

    /** How long the caller may still be made to wait for any load. */
    long leftNanos() {
        return policy.hardTimeout().equals(Policy.FOREVER)
                ? Long.MAX_VALUE
                : Math.max(0, policy.hardTimeout().minus(waited()).toNanos());
    }

    /** Pauses in this thread. */
    void pause() throws InterruptedException {
        boolean unused = around.waiting().await(new CountDownLatch(1), next().toNanos());
    }
}
