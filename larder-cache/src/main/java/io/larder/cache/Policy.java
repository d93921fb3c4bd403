package io.larder.cache;

import io.larder.base.DurationText;
import io.larder.base.Printable;
import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.Locale;

/**
 * How entries of one cached function live. Immutable.
 *
 * @param ttl upper bound of the time a value is served after it was written; at least 1 ms, {@link #FOREVER} for no bound
 * @param jitter the part of the TTL that is cut off at random for each entry, so that entries written together do not
 *     expire together; 0 for none, less than 1
 */
public record Policy(Duration ttl, double jitter) {
    /** The TTL of entries that never expire. They can still be evicted and invalidated. */
    public static final Duration FOREVER = Store.FOREVER;

    /** Jitter where none is given: each TTL is shortened by up to a tenth. */
    public static final double JITTER_DEFAULT = 0.1;

    static final Duration TTL_MIN = Duration.ofMillis(1);

    private static final String FOREVER_TEXT = "forever";

    /**
     * Checks the settings; a TTL above 292 years counts as {@link #FOREVER}.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Policy {
        if (ttl.compareTo(TTL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "ttl must be at least 1ms, was %s; write the time a value may be served, like 10m"
                            .formatted(ttl.isNegative() ? ttl : DurationText.format(ttl)));
        }
        if (!(jitter >= 0 && jitter < 1)) {
            throw new IllegalArgumentException(
                    "jitter must be from 0 to less than 1, was %s; 0.1 cuts up to a tenth off each ttl"
                            .formatted(jitter));
        }
        if (ttl.compareTo(FOREVER) > 0) {
            ttl = FOREVER;
        }
    }

    /** A policy with this TTL and the default jitter. */
    public static Policy of(Duration ttl) {
        return new Policy(ttl, JITTER_DEFAULT);
    }

    /**
     * A policy with the TTL written as text, in the forms of {@link DurationText} or {@code "forever"}, and the default
     * jitter.
     *
     * @throws IllegalArgumentException if the text is no TTL
     */
    public static Policy parse(String ttl) {
        if (ttl.strip().toLowerCase(Locale.ROOT).equals(FOREVER_TEXT)) {
            return of(FOREVER);
        }
        return of(duration(ttl));
    }

    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "ttl \"%s\" is not a duration; write it like 90 (seconds), 250ms, 10m, 1h30m, PT1H or forever"
                            .formatted(Printable.of(text)),
                    e);
        }
    }

    /** A copy with another jitter. */
    public Policy withJitter(double fraction) {
        return new Policy(ttl, fraction);
    }

    /** The TTL of one entry: {@link #ttl()} less a random part of the jitter, never below 1 ms. */
    Duration draw(double random) {
        if (ttl.equals(FOREVER) || jitter == 0) {
            return ttl;
        }
        long nanos = ttl.toNanos();
        return Duration.ofNanos(Math.max(TTL_MIN.toNanos(), nanos - (long) (nanos * jitter * random)));
    }

    /** The TTL in milliseconds, rounded up; {@link Long#MAX_VALUE} for ever. */
    long ttlMillis() {
        return Meta.millisUp(ttl);
    }
}
