package io.larder.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which keys are not to be loaded for a while, because a load has failed and there is an old value to serve: 1 second after
 * the first failure, twice as long after each further one, 30 seconds at most. Remembers 10,000 keys. Thread-safe.
 */
final class Pauses {
    static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long BRIEF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long KEYS_MAX = 10_000;

    private record Pause(long endNanos, long nanos) {}

    private final Surroundings around;
    private volatile boolean used; // nearly always nothing has failed, and a hit need not look
    private final Cache<String, Pause> pauses =
            Caffeine.newBuilder().maximumSize(KEYS_MAX).executor(Runnable::run).build();

    Pauses(Surroundings around) {
        this.around = around;
    }

    /** A load of the key has failed. */
    void failed(String key) {
        used = true;
        pauses.asMap().compute(key, (same, before) -> {
            long nanos = before == null ? FIRST_NANOS : Math.min(LONGEST_NANOS, 2 * before.nanos());
            return new Pause(around.nanos() + nanos, nanos);
        });
    }

    /** Another process loads the key, so it need not be asked for at each get whether it still does. */
    void briefly(String key) {
        used = true;
        pauses.put(key, new Pause(around.nanos() + BRIEF_NANOS, 0));
    }

    /** A value of the key has come. */
    void ended(String key) {
        if (used) {
            pauses.invalidate(key);
        }
    }

    boolean isPaused(String key) {
        if (!used) {
            return false;
        }
        @Nullable Pause pause = pauses.getIfPresent(key);
        return pause != null && around.nanos() - pause.endNanos() < 0;
    }
}
