package io.larder.toolbox;

import io.larder.base.Printable;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Host;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/**
 * Lets so many calls of a key pass in so long, counted in the store, over all processes that share it. In a burst of any size no
 * more pass than the {@link RateLimit} says, as far as the clocks of the processes agree: each counts by its own time of
 * day. Never waits, but for the store. Thread-safe.
 *
 * @param <K> what the key is made of
 */
public final class RateLimiter<K> {
    private static final Duration RETRY_WHEN_DOWN = Duration.ofSeconds(1);

    private final Host host;
    private final CellSpace<K> space;
    private final RateLimit limit;
    private final Counting counting;
    private final String banSuffix;
    private final Tallies.OfLimit tally;

    RateLimiter(Host host, CellSpace<K> space, String template, RateLimit limit) {
        this.tally = Tallies.of(host).limit(space.shape(), template, limit);
        this.host = host;
        this.space = space;
        this.limit = limit;
        this.banSuffix = ":ban:" + limit.permits() + ":" + limit.period().toMillis();
        this.counting = limit.kind() == RateLimit.Kind.GCRA ? new Gcra(limit) : new Windows(limit);
    }

    /** Takes a permit, if there is one. */
    public Admission tryAcquire(K key) {
        return tryAcquire(key, 1);
    }

    /**
     * Takes several permits, or none.
     *
     * @throws IllegalArgumentException if it could never be: below 1, or above the limit or its burst
     */
    public Admission tryAcquire(K key, long permits) {
        if (permits < 1 || permits > limit.burst()) {
            throw new IllegalArgumentException(
                    "permits must be from 1 to %d, the limit; was %d".formatted(limit.burst(), permits));
        }
        try {
            return tally.counted(take(space.cells(), key, permits));
        } catch (IllegalArgumentException e) {
            throw e; // of the key, not of the store
        } catch (RuntimeException e) {
            tally.storeFailures.increment();
            return tally.counted(
                    switch (limit.whenDown()) {
                        case ALLOW -> new Admission.Allowed(0, false);
                        case REFUSE -> new Admission.Refused(RETRY_WHEN_DOWN);
                        case LOCAL -> take(host.processCells(), key, permits);
                    });
        }
    }

    /** What this process has counted. */
    public LimitStats stats() {
        return tally.stats();
    }

    /**
     * Takes a permit.
     *
     * @throws RateLimitedException if there is none
     */
    public void acquire(K key) {
        if (tryAcquire(key) instanceof Admission.Refused refused) {
            throw new RateLimitedException(Printable.of(space.key(key, "")), refused.retryAfter());
        }
    }

    private Admission take(Cells cells, K key, long permits) {
        Instant now = host.clock().instant();
        if (limit.ban().isZero()) {
            return counting.take(cells, suffix -> space.key(key, suffix), permits, now);
        }
        String banned = space.key(key, banSuffix);
        Cell ban = cells.find(banned);
        if (ban != null && ban.bytes().length == Long.BYTES) {
            long left = ByteBuffer.wrap(ban.bytes()).getLong() - now.toEpochMilli();
            return new Admission.Refused(Duration.ofMillis(Math.max(1, left)));
        }
        Admission admission = counting.take(cells, suffix -> space.key(key, suffix), permits, now);
        return admission instanceof Admission.Refused refused ? ban(cells, banned, now, refused) : admission;
    }

    private Admission ban(Cells cells, String key, Instant now, Admission.Refused refused) {
        byte[] until = ByteBuffer.allocate(Long.BYTES)
                .putLong(now.plus(limit.ban()).toEpochMilli())
                .array();
        try {
            boolean unused = cells.add(key, until, limit.ban()); // or another call has banned it just now
        } catch (RuntimeException e) {
            return refused; // the ban is lost, the refusal is not
        }
        return refused.retryAfter().compareTo(limit.ban()) > 0 ? refused : new Admission.Refused(limit.ban());
    }
}
