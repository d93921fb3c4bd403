package io.larder.toolbox;

import io.larder.base.LarderException;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/**
 * Keeps the moment at which all permits taken so far will have been earned (the theoretical arrival time of ITU-T I.371, "virtual
 * scheduling"). A call is refused if that would come to lie further ahead than the burst.
 */
final class Gcra implements Counting {
    private static final int TRIES_MAX = 1000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final long stepNanos; // rounded up, so that no more pass than said
    private final long burstNanos;
    private final String suffix;

    Gcra(RateLimit limit) {
        this.stepNanos = Math.max(1, -Math.floorDiv(-limit.period().toNanos(), limit.permits()));
        this.burstNanos = stepNanos * limit.burst();
        this.suffix = ":g" + stepNanos;
    }

    @Override
    public Admission take(Cells cells, UnaryOperator<String> keys, long permits, Instant instant) {
        long now = instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
        String key = keys.apply(suffix);
        for (int i = 0; i < TRIES_MAX; i++) {
            Cell seen = cells.find(key);
            long earned = now;
            if (seen != null && seen.bytes().length == Long.BYTES) {
                // never further ahead than the burst, unless another process's clock is
                earned = Math.max(now, Math.min(ByteBuffer.wrap(seen.bytes()).getLong(), now + burstNanos));
            }
            long next = earned + permits * stepNanos;
            long tooFar = next - now - burstNanos;
            if (tooFar > 0) {
                return new Admission.Refused(Duration.ofNanos(tooFar));
            }
            byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(next).array();
            Duration ttl = Duration.ofNanos(Math.max(1_000_000, next - now));
            if (seen == null ? cells.add(key, value, ttl) : cells.replace(key, value, seen.version(), ttl)) {
                return new Admission.Allowed((burstNanos - (next - now)) / stepNanos, true);
            }
        }
        throw new LarderException("a rate limit was changed by others %d times in a row".formatted(TRIES_MAX));
    }
}
