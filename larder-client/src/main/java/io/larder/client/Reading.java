package io.larder.client;

import io.larder.protocol.MetaRequestEncoder;
import java.time.Duration;

/**
 * How {@link View#lookup(String, Reading)} takes part in who loads a key. Nodes without meta commands know nothing of it:
 * there nobody ever wins.
 *
 * @param lease zero for none; otherwise a miss gives one caller the lease for so long, see {@link Lookup.Absent#lease}
 * @param refreshBelow zero for none; otherwise one caller is told to refresh an item whose remaining TTL is below
 */
public record Reading(Duration lease, Duration refreshBelow) {
    private static final Duration MAX = Duration.ofDays(30);

    /** Just the value. */
    public static final Reading PLAIN =
            new Reading(Duration.ZERO, Duration.ZERO); // after the constant it is checked by

    public Reading {
        check("lease", lease);
        check("refreshBelow", refreshBelow);
    }

    public Reading withLease(Duration changed) {
        return new Reading(changed, refreshBelow);
    }

    public Reading withRefreshBelow(Duration changed) {
        return new Reading(lease, changed);
    }

    boolean isPlain() {
        return lease.isZero() && refreshBelow.isZero();
    }

    long vivify() {
        return seconds(lease);
    }

    long recache() {
        return seconds(refreshBelow);
    }

    private static long seconds(Duration duration) {
        return duration.isZero()
                ? MetaRequestEncoder.NONE
                : duration.plusNanos(999_999_999).toSeconds();
    }

    private static void check(String name, Duration value) {
        if (value.isNegative() || value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("%s must be from zero (none) to 30 days, was %s".formatted(name, value));
        }
    }
}
