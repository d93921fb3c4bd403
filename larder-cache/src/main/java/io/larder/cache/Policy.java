package io.larder.cache;

import io.larder.base.DurationText;
import io.larder.base.Printable;
import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How entries of one cached function live, and what is done when a load fails, is slow or is due. Immutable. {@link Decision}
 * says what follows from it for a lookup.
 *
 * @param ttl upper bound of the time a value is served as fresh after it was written; at least 1 ms, {@link #FOREVER} for no
 *     bound
 * @param jitter the part of the TTL that is cut off at random for each entry, so that entries written together do not
 *     expire together; 0 for none, less than 1
 * @param stale how long after its TTL a value is kept, to be served when a load fails, is slower than {@code softTimeout}, or
 *     is already run by another caller; zero for not at all
 * @param early when a value is loaded anew in the background before its TTL ends
 * @param usedWithin how long after the last get of a key its value goes on to be loaded anew when {@code early} says so, without
 *     a get; zero for not at all
 * @param hits how often a value may be served
 * @param failover with these, the loader is called for every get, and the value found is served when it fails with one of
 *     them; empty for off
 * @param negatives failures that are remembered
 * @param nullTtl upper bound of the TTL of a {@code null} result and of an empty {@code Optional}; zero to store none
 * @param softTimeout how long a caller waits for a load when a value past its TTL is there to serve instead; the load goes on in
 *     the background. {@link #FOREVER} for as long as it takes
 * @param hardTimeout how long a caller waits for a load in any case, before a {@link LoadTimeoutException}; the load goes on in
 *     the background. {@link #FOREVER} for as long as it takes
 * @param fallback whether there is something to serve where neither a value nor an old one is to be had, see {@link
 *     CachedSpec#fallback}
 * @param lease over a store that several processes share: how long those that miss a key wait for the one that loads it. When it
 *     takes longer, or has died, another loads. Whole seconds in memcached, rounded up; zero for not at all: then each process loads
 *     for itself, and a load in one may be stored after an invalidation in another
 */
public record Policy(
        Duration ttl,
        double jitter,
        Duration stale,
        Early early,
        Duration usedWithin,
        Hits hits,
        List<Class<? extends Exception>> failover,
        List<Negative> negatives,
        Duration nullTtl,
        Duration softTimeout,
        Duration hardTimeout,
        boolean fallback,
        Duration lease) {
    /** The TTL of entries that never expire. They can still be evicted and invalidated. */
    public static final Duration FOREVER = Store.FOREVER;

    /** Jitter where none is given: each TTL is shortened by up to a tenth. */
    public static final double JITTER_DEFAULT = 0.1;

    /** The lease where none is given. */
    public static final Duration LEASE_DEFAULT = Duration.ofSeconds(5);

    static final Duration LEASE_MAX = Duration.ofHours(1);
    static final Duration TTL_MIN = Duration.ofMillis(1);

    private static final String FOREVER_TEXT = "forever";

    /**
     * Checks the settings; durations above 292 years count as {@link #FOREVER}.
     *
     * @throws IllegalArgumentException if one is out of its range, or has no effect because another is missing
     */
    public Policy {
        PolicyChecks.ranges(ttl, jitter, stale, usedWithin, nullTtl, softTimeout, hardTimeout, lease);
        ttl = bounded(ttl);
        stale = bounded(stale);
        nullTtl = bounded(nullTtl);
        softTimeout = bounded(softTimeout);
        hardTimeout = bounded(hardTimeout);
        failover = List.copyOf(failover);
        negatives = List.copyOf(negatives);
        PolicyChecks.together(ttl, stale, early, usedWithin, hits, failover, softTimeout);
    }

    /** A policy with this TTL, the default jitter, and nothing else. */
    public static Policy of(Duration ttl) {
        return new Policy(
                ttl,
                JITTER_DEFAULT,
                Duration.ZERO,
                Early.NEVER,
                Duration.ZERO,
                Hits.UNLIMITED,
                List.of(),
                List.of(),
                FOREVER,
                FOREVER,
                FOREVER,
                false,
                LEASE_DEFAULT);
    }

    /**
     * A policy with the TTL written as text, in the forms of {@link DurationText} or {@code "forever"}, the default jitter, and
     * nothing else.
     *
     * @throws IllegalArgumentException if the text is no TTL
     */
    public static Policy parse(String ttl) {
        return of(duration("ttl", ttl));
    }

    /**
     * A duration written as text, or {@code "forever"}.
     *
     * @param what names it in the message
     */
    static Duration duration(String what, String text) {
        if (text.strip().toLowerCase(Locale.ROOT).equals(FOREVER_TEXT)) {
            return FOREVER;
        }
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s \"%s\" is not a duration; write it like 90 (seconds), 250ms, 10m, 1h30m, PT1H or forever"
                            .formatted(what, Printable.of(text)),
                    e);
        }
    }

    /** A copy with another TTL. */
    public Policy withTtl(Duration bound) {
        return new Policy(
                bound,
                jitter,
                stale,
                early,
                usedWithin,
                hits,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy with another jitter. */
    public Policy withJitter(double fraction) {
        return new Policy(
                ttl,
                fraction,
                stale,
                early,
                usedWithin,
                hits,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy that keeps values for that long after their TTL. */
    public Policy withStale(Duration kept) {
        return new Policy(
                ttl,
                jitter,
                kept,
                early,
                usedWithin,
                hits,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy with another time of early refresh. */
    public Policy withEarly(Early when) {
        return new Policy(
                ttl,
                jitter,
                stale,
                when,
                usedWithin,
                hits,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy that loads values anew as {@code early} says without a get, that long after the last one. */
    public Policy withUsedWithin(Duration afterLastGet) {
        return new Policy(
                ttl,
                jitter,
                stale,
                early,
                afterLastGet,
                hits,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy with another limit of uses. */
    public Policy withHits(Hits limit) {
        return new Policy(
                ttl,
                jitter,
                stale,
                early,
                usedWithin,
                limit,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy that calls the loader for every get, and serves what was found when it fails with one of these. */
    public Policy withFailover(List<Class<? extends Exception>> on) {
        return new Policy(
                ttl,
                jitter,
                stale,
                early,
                usedWithin,
                hits,
                on,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy that remembers these failures; where several types fit, the first counts. */
    public Policy withNegatives(List<Negative> remembered) {
        return new Policy(
                ttl,
                jitter,
                stale,
                early,
                usedWithin,
                hits,
                failover,
                remembered,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy with another TTL of null results; zero to store none. */
    public Policy withNullTtl(Duration bound) {
        return new Policy(
                ttl,
                jitter,
                stale,
                early,
                usedWithin,
                hits,
                failover,
                negatives,
                bound,
                softTimeout,
                hardTimeout,
                fallback,
                lease);
    }

    /** A copy with other waits for the loader. */
    public Policy withTimeouts(Duration soft, Duration hard) {
        return new Policy(
                ttl, jitter, stale, early, usedWithin, hits, failover, negatives, nullTtl, soft, hard, fallback, lease);
    }

    /** A copy that has something to serve in place of a load that fails. */
    Policy withFallback(boolean there) {
        return new Policy(
                ttl,
                jitter,
                stale,
                early,
                usedWithin,
                hits,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                there,
                lease);
    }

    /** A copy with another lease; zero for none. */
    public Policy withLease(Duration wait) {
        return new Policy(
                ttl,
                jitter,
                stale,
                early,
                usedWithin,
                hits,
                failover,
                negatives,
                nullTtl,
                softTimeout,
                hardTimeout,
                fallback,
                wait);
    }

    /** The TTL of one entry: {@code bound} less a random part of the jitter, never below 1 ms. */
    Duration draw(Duration bound, double random) {
        if (bound.equals(FOREVER) || jitter == 0) {
            return bound;
        }
        long nanos = bound.toNanos();
        return Duration.ofNanos(Math.max(TTL_MIN.toNanos(), nanos - (long) (nanos * jitter * random)));
    }

    /** How long an entry with this TTL is kept. */
    Duration kept(Duration drawn) {
        return drawn.equals(FOREVER) || stale.equals(FOREVER) ? FOREVER : bounded(drawn.plus(stale));
    }

    /** The TTL in milliseconds, rounded up; {@link Long#MAX_VALUE} for ever. */
    long ttlMillis() {
        return Meta.millisUp(ttl);
    }

    /** The rule for a failure of that kind, or {@code null} if it is not remembered. */
    @Nullable
    Negative negative(Throwable failure) {
        for (Negative negative : negatives) {
            if (negative.type().isInstance(failure)) {
                return negative;
            }
        }
        return null;
    }

    /** Whether a value found, or the fallback, may be served in place of this failure. */
    boolean excuses(Throwable failure) {
        if (!failover.isEmpty()) {
            return failover.stream().anyMatch(type -> type.isInstance(failure));
        }
        return failure instanceof Exception
                && !(failure instanceof InterruptedException)
                && !(failure instanceof RecursiveLoadException)
                && negative(failure) == null;
    }

    private static Duration bounded(Duration duration) {
        return duration.compareTo(FOREVER) > 0 ? FOREVER : duration;
    }
}
