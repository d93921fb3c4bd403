package io.larder.client;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Starts the calls that {@link TypedView} runs; what takes several requests is left to that view, on another thread. */
final class TypedAsyncView<V> implements AsyncView<V> {
    private final KeyCalls<V> calls;
    private final ViewSettings settings;
    private final TypedView<V> blocking;

    TypedAsyncView(KeyCalls<V> calls, ViewSettings settings, TypedView<V> blocking) {
        this.calls = calls;
        this.settings = settings;
        this.blocking = blocking;
    }

    @Override
    public CompletableFuture<@Nullable V> get(String key) {
        return read(calls.get(key));
    }

    @Override
    public CompletableFuture<@Nullable V> getAndTouch(String key, Duration ttl) {
        return read(calls.getAndTouch(key, ttl));
    }

    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    private CompletableFuture<@Nullable V> read(KeyCall<@Nullable V> call) {
        return start(call, settings.lenient() ? failure -> null : null);
    }

    @Override
    public CompletableFuture<Lookup<V>> lookup(String key) {
        return lookup(key, Reading.PLAIN);
    }

    @Override
    public CompletableFuture<Lookup<V>> lookup(String key, Reading reading) {
        return start(calls.lookup(key, reading), failure -> {
            if (failure instanceof UnreadableValueException) {
                throw failure; // no failure of the node
            }
            return new Lookup.Unavailable<>(failure.node(), failure);
        });
    }

    @Override
    @SuppressWarnings("NullAway") // null only for who asked for the token
    public CompletableFuture<Fetch<V>> getIfChanged(String key, long cas) {
        ConditionalCall<V> call = calls.getIfChanged(key, cas, false);
        if (call.link().ignoresConditions()) {
            return block(() -> blocking.getIfChanged(key, cas));
        }
        return start(call, settings.lenient() ? failure -> new Fetch.Missing<>() : null);
    }

    @Override
    public CompletableFuture<StoreResult> set(String key, V value, Duration ttl) {
        return store(calls.store(StoreCall.Kind.SET, "set", key, value, calls.exptime(ttl)));
    }

    @Override
    public CompletableFuture<StoreResult> add(String key, V value, Duration ttl) {
        return store(calls.store(StoreCall.Kind.ADD, "add", key, value, calls.exptime(ttl)));
    }

    @Override
    public CompletableFuture<StoreResult> replace(String key, V value, Duration ttl) {
        return store(calls.store(StoreCall.Kind.REPLACE, "replace", key, value, calls.exptime(ttl)));
    }

    @Override
    public CompletableFuture<StoreResult> append(String key, V tail) {
        return store(calls.store(StoreCall.Kind.APPEND, "append", key, tail, 0));
    }

    @Override
    public CompletableFuture<StoreResult> prepend(String key, V head) {
        return store(calls.store(StoreCall.Kind.PREPEND, "prepend", key, head, 0));
    }

    @Override
    public CompletableFuture<StoreResult> cas(String key, V value, long cas, Duration ttl) {
        return store(calls.cas(key, value, cas, calls.exptime(ttl)));
    }

    private CompletableFuture<StoreResult> store(@Nullable StoreCall call) {
        return call == null
                ? CompletableFuture.completedFuture(StoreResult.TOO_LARGE)
                : start(call, settings.lenient() ? failure -> StoreResult.UNAVAILABLE : null);
    }

    @Override
    public CompletableFuture<Boolean> delete(String key) {
        return start(calls.delete(key), null);
    }

    @Override
    public CompletableFuture<Boolean> delete(String key, long cas) {
        return start(calls.delete(key, cas), null);
    }

    @Override
    public CompletableFuture<Boolean> markStale(String key, Duration grace) {
        return start(calls.markStale(key, grace), null);
    }

    @Override
    public CompletableFuture<Boolean> touch(String key, Duration ttl) {
        return start(calls.touch(key, ttl), null);
    }

    @Override
    public CompletableFuture<OptionalLong> incr(String key, long by) {
        return start(calls.counter(key, true).change(by), null);
    }

    @Override
    public CompletableFuture<OptionalLong> decr(String key, long by) {
        return start(calls.counter(key, false).change(by), null);
    }

    @Override
    public CompletableFuture<Long> incr(String key, long by, long initial, Duration ttl) {
        return block(() -> blocking.incr(key, by, initial, ttl));
    }

    @Override
    public CompletableFuture<Long> decr(String key, long by, long initial, Duration ttl) {
        return block(() -> blocking.decr(key, by, initial, ttl));
    }

    @Override
    public CompletableFuture<BulkRead<V>> getAll(Collection<String> keys) {
        List<String> copy = List.copyOf(keys);
        return block(() -> blocking.getAll(copy));
    }

    @Override
    public CompletableFuture<BulkRead<V>> getAllAndTouch(Collection<String> keys, Duration ttl) {
        List<String> copy = List.copyOf(keys);
        return block(() -> blocking.getAllAndTouch(copy, ttl));
    }

    @Override
    public CompletableFuture<BulkWrite> setAll(Map<String, V> values, Duration ttl) {
        Map<String, V> copy = new LinkedHashMap<>(values);
        return block(() -> blocking.setAll(copy, ttl));
    }

    @Override
    public CompletableFuture<BulkDelete> deleteAll(Collection<String> keys) {
        List<String> copy = List.copyOf(keys);
        return block(() -> blocking.deleteAll(copy));
    }

    @Override
    public CompletableFuture<@Nullable V> update(String key, Duration ttl, UnaryOperator<@Nullable V> change) {
        return block(() -> blocking.update(key, ttl, change));
    }

    @Override
    public CompletableFuture<@Nullable V> compute(
            String key, LoadPolicy policy, Supplier<? extends @Nullable V> loader) {
        return block(() -> blocking.compute(key, policy, loader));
    }

    private <R extends @Nullable Object> CompletableFuture<R> start(
            KeyCall<R> call, @Nullable Function<MemcachedException, R> instead) {
        Deadline deadline = calls.cluster().deadline(settings.timeout());
        return Started.start(call, deadline, calls.cluster().background(), instead);
    }

    private <R extends @Nullable Object> CompletableFuture<R> block(Supplier<R> body) {
        return BackgroundView.inBackground(body, calls.cluster());
    }
}
