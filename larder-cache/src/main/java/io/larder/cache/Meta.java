package io.larder.cache;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an entry knows about itself. Times are milliseconds of the wall clock of the process that wrote it.
 *
 * @param stamp orders the writes of one process; taken before the value was loaded
 * @param createdMillis when the value was written, since 1970
 * @param freshUntilMillis when its TTL ends, since 1970; {@link Long#MAX_VALUE} for never
 * @param loadMicros what loading the value took, in microseconds; 0 for a value that was put
 */
public record Meta(long stamp, long createdMillis, long freshUntilMillis, long loadMicros) {
    /** When the value was written. */
    public Instant created() {
        return Instant.ofEpochMilli(createdMillis);
    }

    /** When its TTL ends; {@link Instant#MAX} for never. */
    public Instant freshUntil() {
        return freshUntilMillis == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(freshUntilMillis);
    }

    /** What loading the value took; zero for a value that was put. */
    public Duration loadTime() {
        return Duration.ofNanos(loadMicros * 1000);
    }

    /** The whole life the entry was written for; {@link Long#MAX_VALUE} for ever. */
    long lifeMillis() {
        return freshUntilMillis == Long.MAX_VALUE ? Long.MAX_VALUE : freshUntilMillis - createdMillis;
    }

    /** Of a lookup that found something; {@code null} of others. */
    static @Nullable Meta of(Lookup<?> lookup) {
        if (lookup instanceof Lookup.Fresh<?> fresh) {
            return fresh.meta();
        }
        if (lookup instanceof Lookup.Stale<?> stale) {
            return stale.meta();
        }
        return lookup instanceof Lookup.Negative<?> negative ? negative.meta() : null;
    }

    static Meta of(long stamp, long nowMillis, Duration ttl, long loadMicros) {
        long until = ttl.equals(Policy.FOREVER) ? Long.MAX_VALUE : nowMillis + ttl.toMillis();
        return new Meta(stamp, nowMillis, until, loadMicros);
    }

    static long millisUp(Duration duration) {
        return duration.equals(Policy.FOREVER)
                ? Long.MAX_VALUE
                : duration.plusNanos(999_999).toMillis();
    }
}
