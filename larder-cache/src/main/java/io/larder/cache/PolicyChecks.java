package io.larder.cache;

import io.larder.base.DurationText;
import java.time.Duration;
import java.util.List;

/** What the settings of a {@link Policy} must be, each alone and all together. A message names the setting and what to write. */
final class PolicyChecks {
    private PolicyChecks() {}

    /**
     * Refuses settings that are out of their range.
     *
     * @throws IllegalArgumentException for the first that is
     */
    static void ranges(
            Duration ttl,
            double jitter,
            Duration stale,
            Duration usedWithin,
            Duration nullTtl,
            Duration softTimeout,
            Duration hardTimeout,
            Duration lease) {
        if (ttl.compareTo(Policy.TTL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "ttl must be at least 1ms, was %s; write the time a value may be served, like 10m"
                            .formatted(ttl.isNegative() ? ttl : DurationText.format(ttl)));
        }
        if (!(jitter >= 0 && jitter < 1)) {
            throw new IllegalArgumentException(
                    "jitter must be from 0 to less than 1, was %s; 0.1 cuts up to a tenth off each ttl"
                            .formatted(jitter));
        }
        notNegative("stale", stale);
        notNegative("whileUsedWithin", usedWithin);
        notNegative("nullTtl", nullTtl);
        atLeastMin("softTimeout", softTimeout);
        atLeastMin("hardTimeout", hardTimeout);
        notNegative("lease", lease);
        if (lease.compareTo(Policy.LEASE_MAX) > 0) {
            throw new IllegalArgumentException(
                    "lease must be at most 1h, was %s; write the longest time a load may take, like 5s"
                            .formatted(DurationText.format(lease)));
        }
    }

    /**
     * Refuses settings that have no effect because of another, or because another is missing.
     *
     * @throws IllegalArgumentException for the first that has none
     */
    static void together(
            Duration ttl,
            Duration stale,
            Early early,
            Duration usedWithin,
            Hits hits,
            List<Class<? extends Exception>> failover,
            Duration softTimeout) {
        if (!softTimeout.equals(Policy.FOREVER) && stale.isZero()) {
            throw new IllegalArgumentException(
                    "softTimeout without stale has nothing to serve instead; add stale, like 1h, or use hardTimeout");
        }
        if (early instanceof Early.After after && after.age().compareTo(ttl) >= 0) {
            throw new IllegalArgumentException(
                    "early %s is not before the end of the ttl %s; write a shorter one, or 75%%"
                            .formatted(DurationText.format(after.age()), DurationText.format(ttl)));
        }
        if (!usedWithin.isZero()) {
            checkUsedWithin(usedWithin, early, ttl);
        }
        if (!failover.isEmpty() && (early != Early.NEVER || !hits.equals(Hits.UNLIMITED))) {
            throw new IllegalArgumentException(
                    "failover calls the loader for every get, so early and hits have no effect; leave them out");
        }
    }

    /** Refuses a time after the last get that cannot be with this early refresh. */
    private static void checkUsedWithin(Duration usedWithin, Early early, Duration ttl) {
        Duration age = early instanceof Early.After after ? after.age() : Duration.ZERO;
        if (early instanceof Early.Part part && !ttl.equals(Policy.FOREVER)) {
            age = Duration.ofNanos((long) (ttl.toNanos() * part.fraction()));
        } else if (!(early instanceof Early.After) && !(early instanceof Early.Part)) {
            throw new IllegalArgumentException(
                    "whileUsedWithin needs early, as an age or a part of the ttl: the time between two loads; add early, like 75%");
        }
        if (usedWithin.compareTo(age) <= 0) {
            throw new IllegalArgumentException(
                    "whileUsedWithin %s is not longer than early %s, so it would have no effect; write a longer one"
                            .formatted(DurationText.format(usedWithin), DurationText.format(age)));
        }
        if (usedWithin.compareTo(Policy.FOREVER) >= 0) {
            throw new IllegalArgumentException(
                    "whileUsedWithin forever would load every key for ever; write the time after its last use, like 10m");
        }
    }

    private static void notNegative(String what, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("%s must not be negative, was %s".formatted(what, duration));
        }
    }

    private static void atLeastMin(String what, Duration duration) {
        if (duration.compareTo(Policy.TTL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "%s must be at least 1ms, was %s; leave it out to wait as long as it takes"
                            .formatted(what, duration));
        }
    }
}
