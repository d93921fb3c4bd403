package io.larder.toolbox;

import io.larder.base.DurationText;
import java.time.Duration;

/**
 * How many calls may pass in how long.
 *
 * @param kind how it is counted
 * @param permits how many in a period, 1 to 1,000,000,000
 * @param period 1 ms to 366 days
 * @param burst how many at once, for {@link Kind#GCRA}; otherwise as {@code permits}
 * @param whenDown while the store does not answer
 * @param ban how long who goes over the limit is refused, at most 366 days; zero for as long as the limit says
 */
public record RateLimit(Kind kind, long permits, Duration period, long burst, WhenDown whenDown, Duration ban) {
    private static final long PERMITS_MAX = 1_000_000_000;
    private static final Duration PERIOD_MAX = Duration.ofDays(366);

    /** Ways to count. */
    public enum Kind {
        /**
         * Periods that follow each other by the time of day, a counter for each: within one never more than {@code permits}, but
         * up to twice as many around the moment between two.
         */
        FIXED,

        /**
         * As {@link #FIXED}, with what is left of the period before at its share: allowed is what keeps {@code before * (1 -
         * elapsed / period) + now} within {@code permits}. Exact if the calls of the period before came evenly.
         */
        SLIDING,

        /**
         * A permit every {@code period / permits}, and {@code burst} of them saved up (the generic cell rate algorithm, ITU-T
         * I.371). One small value for each key, changed by compare-and-set.
         */
        GCRA
    }

    public RateLimit {
        if (permits < 1 || permits > PERMITS_MAX) {
            throw new IllegalArgumentException("permits must be from 1 to %d, was %d".formatted(PERMITS_MAX, permits));
        }
        if (period.compareTo(Duration.ofMillis(1)) < 0 || period.compareTo(PERIOD_MAX) > 0) {
            throw new IllegalArgumentException(
                    "period must be from 1 ms to 366 days, was %s; write \"1m\"".formatted(period));
        }
        if (burst < 1 || burst > PERMITS_MAX) {
            throw new IllegalArgumentException("burst must be from 1 to %d, was %d".formatted(PERMITS_MAX, burst));
        }
        if (ban.isNegative() || ban.compareTo(PERIOD_MAX) > 0) {
            throw new IllegalArgumentException("banFor must be at most 366 days, was %s; write \"10m\"".formatted(ban));
        }
        if ((double) period.toNanos() / permits * burst > (double) PERIOD_MAX.toNanos()) {
            throw new IllegalArgumentException(
                    "a burst of %d at %d in %s would take more than a year to save up; lessen it"
                            .formatted(burst, permits, period));
        }
    }

    /** {@link Kind#FIXED}. */
    public static RateLimit fixed(long permits, String period) {
        return new RateLimit(Kind.FIXED, permits, DurationText.parse(period), permits, WhenDown.ALLOW, Duration.ZERO);
    }

    /** {@link Kind#SLIDING}. */
    public static RateLimit sliding(long permits, String period) {
        return new RateLimit(Kind.SLIDING, permits, DurationText.parse(period), permits, WhenDown.ALLOW, Duration.ZERO);
    }

    /** {@link Kind#GCRA}. */
    public static RateLimit gcra(long permits, String period, long burst) {
        return new RateLimit(Kind.GCRA, permits, DurationText.parse(period), burst, WhenDown.ALLOW, Duration.ZERO);
    }

    /**
     * The same for callers who are not to go on trying: who is refused once is refused for that long, from then on, whatever the
     * limit says by then. Calls refused meanwhile neither count nor make it longer. Costs one request more for each call. Default:
     * none.
     */
    public RateLimit banFor(String time) {
        return new RateLimit(kind, permits, period, burst, whenDown, DurationText.parse(time));
    }

    /** The same with another answer while the store is down; default {@link WhenDown#ALLOW}. */
    public RateLimit whenStoreDown(WhenDown what) {
        return new RateLimit(kind, permits, period, burst, what, ban);
    }
}
