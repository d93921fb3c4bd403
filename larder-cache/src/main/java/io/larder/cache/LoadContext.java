package io.larder.cache;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a loader is told about its load, and may say about the value. A {@link ContextLoader} is handed it; all other code
 * that loads, an annotated method too, finds it in its thread:
 *
 * <pre>{@code
 * @Cached(key = "account:{id}", ttl = "10m")
 * public Account account(long id) {
 *     Account account = dao.load(id);
 *     LoadContext.current().tags("owner:" + account.owner());
 *     return account;
 * }
 * }</pre>
 *
 * <p>For the thread of the load, until the value is there. Who answers by a future takes it before he returns, and may use it until
 * that is complete, in one thread at a time.
 *
 * @param <V> the result
 */
public final class LoadContext<V extends @Nullable Object> {
    private final Lookup<V> found;
    private final Type valueType;
    private final Consumer<List<String>> tags;
    private @Nullable Duration ttl;
    private volatile boolean ended; // loaders may take it to other threads, where it has to be refused

    LoadContext(Lookup<V> found, Type valueType, Consumer<List<String>> tags) {
        this.found = found;
        this.valueType = valueType;
        this.tags = tags;
    }

    /**
     * The context of the load that runs in this thread; of several, one within the other, the innermost. Where nothing is stored, as
     * with the kill switch, it takes what it is told and forgets it.
     *
     * @throws IllegalStateException if none runs here: the code was called without a cache around it, or in a thread that the
     *     loader has started; or if it is one of many arguments, then it is {@link #currentOf}
     */
    public static LoadContext<?> current() {
        return Loading.current();
    }

    /**
     * As {@link #current}, for one of the arguments of a {@link BulkLoader}, or of a method with
     * {@link io.larder.cache.annotation.CachedAll}: {@code LoadContext.currentOf(id).tags(...)}. A tag named for several arguments
     * of one call costs one request.
     *
     * @throws IllegalArgumentException if the load is not of this argument
     * @throws IllegalStateException as {@link #current}
     */
    public static LoadContext<?> currentOf(@Nullable Object argument) {
        return Loading.currentOf(argument);
    }

    /** Whether a load runs in this thread; for code that is called without a cache, too. */
    public static boolean isLoading() {
        return Loading.isRunning();
    }

    /**
     * This context with the type of its value, to answer {@link #notModified}:
     * {@code LoadContext.current().as(Account.class).notModified()}.
     *
     * @throws IllegalArgumentException if the value is declared to be of another type
     */
    public <T> LoadContext<T> as(Class<T> type) {
        return as(TypeRef.of(type));
    }

    /** As {@link #as(Class)}, for types with arguments of their own. */
    @SuppressWarnings("unchecked") // compared
    public <T extends @Nullable Object> LoadContext<T> as(TypeRef<T> type) {
        if (!type.type().equals(valueType)) {
            throw new IllegalArgumentException(
                    "the value being loaded is a %s, not a %s; write the type of the value that the method declares"
                            .formatted(Types.text(valueType), type));
        }
        return (LoadContext<T>) this;
    }

    /** Runs the loader; afterwards nothing can be said about its value any more. */
    <R extends @Nullable Object> R during(Callable<R> loader) throws Exception {
        try {
            return loader.call();
        } finally {
            end();
        }
    }

    /** The load is over. */
    void end() {
        ended = true;
    }

    private void checkRunning() {
        if (ended) {
            throw new IllegalStateException(
                    "the load has ended, so its entry takes no more tags and no TTL; name them before the value is returned");
        }
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
     * Sets the TTL of the value that is about to be returned, or of the failure about to be raised if the policy remembers
     * it, instead of the policy's, which stays the upper bound.
     *
     * @param bound below 1 ms to store nothing
     * @throws IllegalStateException if the load has ended
     */
    public void ttl(Duration bound) {
        checkRunning();
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
     * @throws IllegalStateException if these are too many, the store can have no tags, or the load has ended
     */
    public void tags(String... names) {
        checkRunning();
        tags.accept(List.of(names));
    }

    @Nullable
    Duration ttl() {
        return ttl;
    }
}
