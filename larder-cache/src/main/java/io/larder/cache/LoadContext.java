package io.larder.cache;

import java.time.Duration;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ContextLoader} is told about its load, and may say about the value. For the thread of the load, while it runs.
 *
 * @param <V> the result
 */
public final class LoadContext<V extends @Nullable Object> {
    private final Lookup<V> found;
    private @Nullable Duration ttl;

    LoadContext(Lookup<V> found) {
        this.found = found;
    }

    /**
     * What the store holds: {@link Lookup.Stale} or {@link Lookup.Fresh} where there is a value to compare with, which needs a
     * policy with {@code stale}, early refresh, hits or failover, or {@link Cached#refresh}.
     */
    public Lookup<V> found() {
        return found;
    }

    /**
     * The value found, for a loader that has learned that it still holds: {@code return context.notModified();} stores it
     * for another TTL.
     *
     * @throws NoSuchElementException if there is none; look at {@link #found} before
     */
    public V notModified() {
        if (found instanceof Lookup.Fresh<V> fresh) {
            return fresh.value();
        }
        if (found instanceof Lookup.Stale<V> stale) {
            return stale.value();
        }
        throw new NoSuchElementException("nothing was found that could be unmodified; look at found() before");
    }

    /**
     * Sets the TTL of the value that is about to be returned, instead of the policy's.
     *
     * @param bound below 1 ms to store nothing
     */
    public void ttl(Duration bound) {
        ttl = bound;
    }

    @Nullable
    Duration ttl() {
        return ttl;
    }
}
