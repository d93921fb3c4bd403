package io.larder.client;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Runs the calls of any view on threads of a client. */
final class BackgroundView<V> implements AsyncView<V> {
    private final View<V> view;
    private final Cluster cluster;

    BackgroundView(View<V> view, Cluster cluster) {
        this.view = view;
        this.cluster = cluster;
    }

    @Override
    public CompletableFuture<@Nullable V> get(String key) {
        return block(() -> view.get(key));
    }

    @Override
    public CompletableFuture<@Nullable V> getAndTouch(String key, Duration ttl) {
        return block(() -> view.getAndTouch(key, ttl));
    }

    @Override
    public CompletableFuture<Lookup<V>> lookup(String key) {
        return block(() -> view.lookup(key));
    }

    @Override
    public CompletableFuture<Lookup<V>> lookup(String key, Reading reading) {
        return block(() -> view.lookup(key, reading));
    }

    @Override
    public CompletableFuture<Fetch<V>> getIfChanged(String key, long cas) {
        return block(() -> view.getIfChanged(key, cas));
    }

    @Override
    public CompletableFuture<BulkRead<V>> getAll(Collection<String> keys) {
        List<String> copy = List.copyOf(keys);
        return block(() -> view.getAll(copy));
    }

    @Override
    public CompletableFuture<StoreResult> set(String key, V value, Duration ttl) {
        return block(() -> view.set(key, value, ttl));
    }

    @Override
    public CompletableFuture<StoreResult> add(String key, V value, Duration ttl) {
        return block(() -> view.add(key, value, ttl));
    }

    @Override
    public CompletableFuture<StoreResult> replace(String key, V value, Duration ttl) {
        return block(() -> view.replace(key, value, ttl));
    }

    @Override
    public CompletableFuture<StoreResult> append(String key, V tail) {
        return block(() -> view.append(key, tail));
    }

    @Override
    public CompletableFuture<StoreResult> prepend(String key, V head) {
        return block(() -> view.prepend(key, head));
    }

    @Override
    public CompletableFuture<StoreResult> cas(String key, V value, long cas, Duration ttl) {
        return block(() -> view.cas(key, value, cas, ttl));
    }

    @Override
    public CompletableFuture<BulkRead<V>> getAllAndTouch(Collection<String> keys, Duration ttl) {
        List<String> copy = List.copyOf(keys);
        return block(() -> view.getAllAndTouch(copy, ttl));
    }

    @Override
    public CompletableFuture<BulkWrite> setAll(Map<String, V> values, Duration ttl) {
        Map<String, V> copy = new LinkedHashMap<>(values);
        return block(() -> view.setAll(copy, ttl));
    }

    @Override
    public CompletableFuture<Boolean> delete(String key) {
        return block(() -> view.delete(key));
    }

    @Override
    public CompletableFuture<BulkDelete> deleteAll(Collection<String> keys) {
        List<String> copy = List.copyOf(keys);
        return block(() -> view.deleteAll(copy));
    }

    @Override
    public CompletableFuture<Boolean> delete(String key, long cas) {
        return block(() -> view.delete(key, cas));
    }

    @Override
    public CompletableFuture<Boolean> markStale(String key, Duration grace) {
        return block(() -> view.markStale(key, grace));
    }

    @Override
    public CompletableFuture<Boolean> touch(String key, Duration ttl) {
        return block(() -> view.touch(key, ttl));
    }

    @Override
    public CompletableFuture<OptionalLong> incr(String key, long by) {
        return block(() -> view.incr(key, by));
    }

    @Override
    public CompletableFuture<Long> incr(String key, long by, long initial, Duration ttl) {
        return block(() -> view.incr(key, by, initial, ttl));
    }

    @Override
    public CompletableFuture<OptionalLong> decr(String key, long by) {
        return block(() -> view.decr(key, by));
    }

    @Override
    public CompletableFuture<Long> decr(String key, long by, long initial, Duration ttl) {
        return block(() -> view.decr(key, by, initial, ttl));
    }

    @Override
    public CompletableFuture<@Nullable V> update(String key, Duration ttl, UnaryOperator<@Nullable V> change) {
        return block(() -> view.update(key, ttl, change));
    }

    @Override
    public CompletableFuture<@Nullable V> compute(
            String key, LoadPolicy policy, Supplier<? extends @Nullable V> loader) {
        return block(() -> view.compute(key, policy, loader));
    }

    private <R extends @Nullable Object> CompletableFuture<R> block(Supplier<R> body) {
        return inBackground(body, cluster);
    }

    /** Runs a call on a thread of a client. */
    static <R extends @Nullable Object> CompletableFuture<R> inBackground(Supplier<R> body, Cluster cluster) {
        CompletableFuture<R> future = new CompletableFuture<>();
        try {
            cluster.background().block(() -> {
                try {
                    future.complete(body.get());
                } catch (RuntimeException | Error e) {
                    future.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(Failures.tooManyCalls(cluster.nodes(), e));
        }
        return future;
    }
}
