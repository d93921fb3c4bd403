package io.larder.client;

import java.time.Duration;
import java.time.InstantSource;

/** TTLs as memcached takes them: seconds from now up to 30 days, a Unix time above, 0 for never. */
final class Exptime {
    private static final long RELATIVE_SECONDS_MAX = Duration.ofDays(30).toSeconds();
    private static final long ABSOLUTE_SECONDS_MAX = Integer.MAX_VALUE; // the node reads 31 bits: January 2038

    private final InstantSource clock;

    Exptime(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The number on the wire. A TTL that reaches beyond what the node can read ends there.
     *
     * @throws IllegalArgumentException if the TTL is negative
     */
    long of(Duration ttl) {
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("TTL must be zero (never expires) or more, was %s".formatted(ttl));
        }
        long seconds = ttl.getSeconds();
        if (ttl.getNano() > 0 && seconds < ABSOLUTE_SECONDS_MAX) {
            seconds++; // rounded down, 0.5 s would mean never
        }
        if (seconds <= RELATIVE_SECONDS_MAX) {
            return seconds;
        }
        long now = clock.instant().getEpochSecond();
        return seconds >= ABSOLUTE_SECONDS_MAX - now ? ABSOLUTE_SECONDS_MAX : now + seconds;
    }
}
