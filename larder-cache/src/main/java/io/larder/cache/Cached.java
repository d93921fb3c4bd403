package io.larder.cache;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function whose results are kept in a store, with the verbs one needs about them. Made by {@link Larder#cached};
 * thread-safe.
 *
 * <p>No method fails because the store does: reads then go to the loader, writes are left out, and {@link #stats()}
 * counts both. Values are shared between callers and must not be changed.
 *
 * @param <K> the argument; several arguments are a record
 * @param <V> the result; {@code null} is a result like any other
 */
public interface Cached<K extends @Nullable Object, V extends @Nullable Object> extends Function<K, V> {
    /**
     * The value for the argument: from the store, or else from the loader, run in this thread unless another caller is
     * loading the same key, whose value or failure is then shared.
     *
     * @throws LoadFailedException if the loader raised a checked exception; unchecked ones come out as themselves
     * @throws RecursiveLoadException if the loader asks for the value it is loading
     * @throws io.larder.base.LarderException if this thread is interrupted while another loads; its interrupt flag is
     *     set again
     */
    V get(K argument);

    /**
     * The value for the argument, without waiting for it: what the process holds is there at once, else a thread of the background
     * asks the store and the loader, and a load that is under way is joined. The future is this caller's own: cancelling it leaves
     * the load and other callers alone. It fails with what the loader raised, checked exceptions too, and with
     * {@link LoadTimeoutException} after the policy's hard timeout. What depends on it runs in the thread that ends the load.
     *
     * <p>When all places of the background are taken, the caller's thread does the work; {@link LarderBuilder#backgroundLoadsMax}
     * sets their number.
     */
    CompletableFuture<V> getAsync(K argument);

    /**
     * The values for many arguments, in their order, each once: one look at the store for all, then only what is missing is
     * loaded, by one call for many where the function has a {@link BulkLoader}, and what other callers are loading is waited
     * for. An argument for which the bulk loader has nothing comes with {@code null}.
     *
     * <p>Fails as {@link #get} does if any of them fails; what could be loaded is stored all the same.
     */
    Map<K, V> getAll(Collection<? extends K> arguments);

    /**
     * As {@link #getAll}, without waiting, as {@link #getAsync}: a loader of {@link Larder#cachedAllAsync} is begun for a chunk after
     * the other, a loader that blocks is called by a thread of the background. The future fails when all have ended, with the first
     * failure, to which the others are suppressed; what could be loaded is stored all the same. In a transaction everything is done by
     * this thread, which waits.
     */
    CompletableFuture<Map<K, V>> getAllAsync(Collection<? extends K> arguments);

    /** What the store holds; never loads. Counts nothing but an entry that cannot be read. */
    Lookup<V> peek(K argument);

    /**
     * Keeps a value that the caller knows, {@code null} included. A load of the key that is under way will not overwrite
     * it.
     */
    void put(K argument, V value);

    /**
     * Forgets the value. A load of the key that is under way still answers those who wait for it, but is not stored, and
     * callers who come later do not join it.
     */
    void invalidate(K argument);

    /**
     * Ends the TTL of the value now, and keeps it as long as the policy's {@code stale} says, to be served when the next load
     * fails or is slow; without {@code stale} it is {@link #invalidate}. A value that another process writes at the same moment
     * may be expired with it.
     */
    void expire(K argument);

    /** The tags of the entry for the argument, for {@link Larder#invalidateTag}; without those its loader names. */
    List<String> tags(K argument);

    /** Calls the loader and leaves the store alone. Fails as {@link #get} does. */
    V bypass(K argument);

    /**
     * Calls the loader now, stores what it returns and returns it. When it fails, what was stored stays. A load of the
     * key that is under way is overtaken, not joined: its value may be older than this call.
     */
    V refresh(K argument);

    /** The key under which the value for the argument is kept. */
    String key(K argument);

    /**
     * What a get of the argument would find and do now, and why: {@code accounts.explain(7L).text()}. Looks into each store once,
     * also past copies; loads nothing, writes nothing, and counts nothing. A store that is left alone is not asked.
     */
    Explanation explain(K argument);

    /** As {@link #explain}, for a key as {@link #key} gives it. Of tags it knows those that the entry was written under. */
    Explanation explainKey(String key);

    /** How long values live. */
    Policy policy();

    /** What happened so far, shared by all functions that were defined with the same key template. */
    CacheStats stats();

    /** The same as {@link #get}. */
    @Override
    default V apply(K argument) {
        return get(argument);
    }
}
