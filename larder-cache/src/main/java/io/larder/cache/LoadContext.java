package io.larder.cache;

import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ContextLoader} is told about its load, and may say about the value. For the thread of the load, while it runs.
 *
 * @param <V> the result
 */
public final class LoadContext<V extends @Nullable Object> {
    private final Lookup<V> found;
    private final Consumer<List<String>> tags;
    private @Nullable Duration ttl;

    LoadContext(Lookup<V> found, Consumer<List<String>> tags) {
        this.found = found;
        this.tags = tags;
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

    /**
     * Adds tags to the entry, besides those of its definition: {@code context.tags("owner:" + account.owner())}. They are asked
     * for as they are here by {@link Larder#invalidateTag}, and belong to this value alone: a later load names its own, one
     * that answers {@link #notModified} too. In all an entry has at most 32.
     *
     * <p>In this process an invalidation since the load began keeps the value from being stored, whenever the tag is named. Another
     * process's is seen from this call on: name a tag before you read what it stands for, where you know it by then. Costs one
     * request to a store outside, and one more for each get of the entry.
     *
     * @throws IllegalArgumentException if one has a blank, a control character or one beyond ASCII, as no tag in a key has
     * @throws IllegalStateException if these are too many, or the store can have no tags
     */
    public void tags(String... names) {
        tags.accept(List.of(names));
    }

    @Nullable
    Duration ttl() {
        return ttl;
    }
}
