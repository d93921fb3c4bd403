package io.larder.cache;

import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.CachedAll;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Policies as annotations write them. {@link PolicyChecks} says what may be together. */
final class Policies {
    private Policies() {}

    /**
     * The policy an annotation asks for.
     *
     * @throws IllegalArgumentException if it cannot work; names the attribute
     */
    static Policy of(Cached annotation) {
        Policy policy = Policy.parse(annotation.ttl()).withJitter(annotation.jitter());
        if (!annotation.stale().isEmpty()) {
            policy = policy.withStale(Policy.duration("stale", annotation.stale()));
        }
        if (!annotation.early().isEmpty()) {
            policy = policy.withEarly(Early.parse(annotation.early()));
        }
        if (!annotation.whileUsedWithin().isEmpty()) {
            policy = policy.withUsedWithin(Policy.duration("whileUsedWithin", annotation.whileUsedWithin()));
        }
        policy = policy.withHits(new Hits(annotation.hits(), annotation.refreshAfter()));
        policy = policy.withFailover(List.of(annotation.failover()));
        policy = policy.withNegatives(negatives(annotation));
        if (!annotation.nullTtl().isEmpty()) {
            policy = policy.withNullTtl(Policy.duration("nullTtl", annotation.nullTtl()));
        }
        policy = lease(policy, annotation.lease());
        return policy.withTimeouts(
                timeout("softTimeout", annotation.softTimeout()), timeout("hardTimeout", annotation.hardTimeout()));
    }

    /** As {@link #of(Cached)}. */
    static Policy of(CachedAll annotation) {
        Policy policy = Policy.parse(annotation.ttl()).withJitter(annotation.jitter());
        if (!annotation.stale().isEmpty()) {
            policy = policy.withStale(Policy.duration("stale", annotation.stale()));
        }
        policy = lease(policy, annotation.lease());
        return annotation.nullTtl().isEmpty()
                ? policy
                : policy.withNullTtl(Policy.duration("nullTtl", annotation.nullTtl()));
    }

    private static List<Negative> negatives(Cached annotation) {
        if (annotation.negative().length == 0) {
            return List.of();
        }
        if (annotation.negativeTtl().isEmpty()) {
            throw new IllegalArgumentException(
                    "negative has no ttl; write negativeTtl = \"30s\", the time a failure is remembered");
        }
        Duration ttl = Policy.duration("negativeTtl", annotation.negativeTtl());
        return Arrays.stream(annotation.negative())
                .map(type -> new Negative(type, ttl))
                .toList();
    }

    private static Policy lease(Policy policy, String text) {
        return text.isEmpty() ? policy : policy.withLease(Policy.duration("lease", text));
    }

    private static Duration timeout(String what, String text) {
        return text.isEmpty() ? Policy.FOREVER : Policy.duration(what, text);
    }
}
