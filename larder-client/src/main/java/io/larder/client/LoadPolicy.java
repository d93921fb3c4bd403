package io.larder.client;

import java.time.Duration;

/**
 * How {@link View#compute} loads.
 *
 * @param ttl of what was loaded
 * @param lease how long one loader keeps all others waiting; who waited so long loads by himself. Whole seconds, rounded up;
 *     longer than a load usually takes
 * @param refreshBelow remaining TTL below which one caller refreshes the value in the background while all are served; zero:
 *     never
 */
public record LoadPolicy(Duration ttl, Duration lease, Duration refreshBelow) {
    private static final Duration LEASE_DEFAULT = Duration.ofSeconds(10);

    public LoadPolicy {
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("TTL must be zero (never expires) or more, was %s".formatted(ttl));
        }
        if (lease.isZero()) {
            throw new IllegalArgumentException("lease must be more than zero, was %s".formatted(lease));
        }
        new Reading(lease, refreshBelow); // checks the limits
    }

    /** A TTL, a lease of 10 s, and no early refresh. */
    public static LoadPolicy of(Duration ttl) {
        return new LoadPolicy(ttl, LEASE_DEFAULT, Duration.ZERO);
    }

    public LoadPolicy withLease(Duration changed) {
        return new LoadPolicy(ttl, changed, refreshBelow);
    }

    public LoadPolicy withRefreshBelow(Duration changed) {
        return new LoadPolicy(ttl, lease, changed);
    }
}
