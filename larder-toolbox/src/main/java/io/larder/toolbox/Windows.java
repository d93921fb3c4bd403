package io.larder.toolbox;

import io.larder.cache.spi.Cells;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/**
 * Counts in one counter a period. Who is refused takes back what it has added: for a moment others may be refused for it,
 * but none is let pass beyond the limit.
 *
 * <p>The sliding one weighs the period before by the part of it that a window reaching back from now would cover, as in
 * Cloudflare's "How we built rate limiting capable of scaling to millions of domains" (2017).
 */
final class Windows implements Counting {
    private final long permitsMax;
    private final long periodMillis;
    private final boolean isSliding;

    Windows(RateLimit limit) {
        this.permitsMax = limit.permits();
        this.periodMillis = limit.period().toMillis();
        this.isSliding = limit.kind() == RateLimit.Kind.SLIDING;
    }

    @Override
    public Admission take(Cells cells, UnaryOperator<String> key, long permits, Instant now) {
        long millis = now.toEpochMilli();
        long index = Math.floorDiv(millis, periodMillis);
        long elapsed = Math.floorMod(millis, periodMillis);
        Duration ttl = Duration.ofMillis(periodMillis).multipliedBy(isSliding ? 2 : 1); // no longer than it counts
        long before = isSliding ? cells.count(key.apply(suffix(index - 1)), 0, 0, ttl) : 0;
        String counter = key.apply(suffix(index));
        long count = cells.count(counter, permits, 0, ttl);
        double used = before * share(elapsed) + count;
        if (used <= permitsMax) {
            return new Admission.Allowed((long) Math.floor(permitsMax - used), true);
        }
        long others = cells.count(counter, -permits, 0, ttl);
        return new Admission.Refused(Duration.ofMillis(Math.max(1, waitMillis(before, others, permits, elapsed))));
    }

    private String suffix(long index) {
        return ":" + periodMillis + ":" + index;
    }

    private double share(long elapsed) {
        return (double) (periodMillis - elapsed) / periodMillis;
    }

    /** Until what was counted before leaves room, if nothing is added to it. */
    private long waitMillis(long before, long count, long permits, long elapsed) {
        if (!isSliding) {
            return periodMillis - elapsed;
        }
        long room = permitsMax - permits - count;
        if (room >= 0 && before > 0) { // in this period, when enough of the last is out of the window
            return (long) Math.ceil(periodMillis * (1 - (double) room / before)) - elapsed;
        }
        double inNext = count == 0 ? 0 : 1 - (double) (permitsMax - permits) / count;
        return periodMillis - elapsed + (long) Math.ceil(periodMillis * Math.max(0, inNext));
    }
}
