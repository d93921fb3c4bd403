package io.larder.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicLong;

/** How often each value has been served, by key and stamp, so that a new value begins at zero. Bounded; thread-safe. */
final class Uses {
    private static final long KEYS_MAX = 100_000;

    private static final class Count extends AtomicLong {
        private static final long serialVersionUID = 1;

        final long stamp;

        Count(long stamp) {
            this.stamp = stamp;
        }
    }

    private final Cache<String, Count> counts =
            Caffeine.newBuilder().maximumSize(KEYS_MAX).executor(Runnable::run).build();

    /** How often the value with that stamp has been served. */
    long soFar(String key, long stamp) {
        Count count = counts.getIfPresent(key);
        return count == null || count.stamp < stamp ? 0 : count.get();
    }

    /** Counts one more use of the value with that stamp; answers which it is, from 1. */
    long next(String key, long stamp) {
        Count count = counts.getIfPresent(key);
        if (count == null || count.stamp < stamp) {
            count = counts.asMap()
                    .compute(key, (same, before) -> before == null || before.stamp < stamp ? new Count(stamp) : before);
        }
        return count.incrementAndGet();
    }
}
