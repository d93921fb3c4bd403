package io.larder.client;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link View} as futures: the same verbs, rules, deadlines and failures. Thread-safe.
 *
 * <p>No method blocks. Operations on one key are sent at once by the calling thread; where the connection is full they fail with
 * {@link OverloadedException} instead of waiting for room, unless {@link BackPressure#BLOCK} wants them to. Operations on many keys, counters that are created, {@link #update}
 * and {@link #compute} run on threads of the client: virtual ones where the JDK has them, at most 32 elsewhere.
 *
 * <p>Futures are completed by threads of the client, so dependent stages may take their time. They fail with the exceptions of
 * {@link View}, wrapped as futures do; a wrong key or TTL is thrown at once. Cancelling a future takes back nothing.
 *
 * @param <V> type of the values
 */
public interface AsyncView<V> {
    /** {@link View#get}; completed with {@code null} on a miss. */
    CompletableFuture<@Nullable V> get(String key);

    /** {@link View#getAndTouch}; completed with {@code null} on a miss. */
    CompletableFuture<@Nullable V> getAndTouch(String key, Duration ttl);

    /** {@link View#lookup(String)}; where the node fails that is {@link Lookup.Unavailable}, and no failure of the future. */
    CompletableFuture<Lookup<V>> lookup(String key);

    /** {@link View#lookup(String, Reading)}. */
    CompletableFuture<Lookup<V>> lookup(String key, Reading reading);

    /** {@link View#getIfChanged}. */
    CompletableFuture<Fetch<V>> getIfChanged(String key, long cas);

    /** {@link View#getAll}. */
    CompletableFuture<BulkRead<V>> getAll(Collection<String> keys);

    /** {@link View#getAllAndTouch}. */
    CompletableFuture<BulkRead<V>> getAllAndTouch(Collection<String> keys, Duration ttl);

    /** {@link View#set}. */
    CompletableFuture<StoreResult> set(String key, V value, Duration ttl);

    /** {@link View#add}. */
    CompletableFuture<StoreResult> add(String key, V value, Duration ttl);

    /** {@link View#replace}. */
    CompletableFuture<StoreResult> replace(String key, V value, Duration ttl);

    /** {@link View#append}. */
    CompletableFuture<StoreResult> append(String key, V tail);

    /** {@link View#prepend}. */
    CompletableFuture<StoreResult> prepend(String key, V head);

    /** {@link View#cas}. */
    CompletableFuture<StoreResult> cas(String key, V value, long cas, Duration ttl);

    /** {@link View#setAll}. */
    CompletableFuture<BulkWrite> setAll(Map<String, V> values, Duration ttl);

    /** {@link View#delete(String)}. */
    CompletableFuture<Boolean> delete(String key);

    /** {@link View#delete(String, long)}. */
    CompletableFuture<Boolean> delete(String key, long cas);

    /** {@link View#deleteAll}. */
    CompletableFuture<BulkDelete> deleteAll(Collection<String> keys);

    /** {@link View#markStale}. */
    CompletableFuture<Boolean> markStale(String key, Duration grace);

    /** {@link View#touch}. */
    CompletableFuture<Boolean> touch(String key, Duration ttl);

    /** {@link View#incr(String, long)}. */
    CompletableFuture<OptionalLong> incr(String key, long by);

    /** {@link View#incr(String, long, long, Duration)}. */
    CompletableFuture<Long> incr(String key, long by, long initial, Duration ttl);

    /** {@link View#decr(String, long)}. */
    CompletableFuture<OptionalLong> decr(String key, long by);

    /** {@link View#decr(String, long, long, Duration)}. */
    CompletableFuture<Long> decr(String key, long by, long initial, Duration ttl);

    /** {@link View#update}. */
    CompletableFuture<@Nullable V> update(String key, Duration ttl, UnaryOperator<@Nullable V> change);

    /** {@link View#compute}. */
    CompletableFuture<@Nullable V> compute(String key, LoadPolicy policy, Supplier<? extends @Nullable V> loader);
}
