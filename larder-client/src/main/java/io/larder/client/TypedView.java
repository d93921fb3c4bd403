package io.larder.client;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Operations on one key, each a request to the node that holds it; those on many keys are in {@link BulkCalls}. */
final class TypedView<V> implements View<V> {
    private final KeyCalls<V> calls;
    private final ViewSettings settings;

    TypedView(KeyCalls<V> calls, ViewSettings settings) {
        this.calls = calls;
        this.settings = settings;
    }

    @Override
    public View<V> within(Duration deadline) {
        return new TypedView<>(calls, settings.within(deadline));
    }

    @Override
    public View<V> lenient() {
        return new TypedView<>(calls, settings.leniently());
    }

    @Override
    public View<V> prefixed(String namespace) {
        return new TypedView<>(calls.within(namespace), settings);
    }

    @Override
    public NamespaceView<V> namespace(String name) {
        return GenerationView.open(new NamespaceParts.OneCluster<>(calls), settings, name);
    }

    @Override
    public @Nullable V get(String key) {
        return read(calls.get(key));
    }

    @Override
    public @Nullable V getAndTouch(String key, Duration ttl) {
        return read(calls.getAndTouch(key, ttl));
    }

    private @Nullable V read(KeyCall<@Nullable V> call) {
        if (!settings.lenient()) {
            return call.run(deadline());
        }
        try {
            return call.run(deadline());
        } catch (InterruptedCallException e) {
            throw e; // no failure of the node
        } catch (MemcachedException e) {
            return null;
        }
    }

    @Override
    public Lookup<V> lookup(String key) {
        return lookup(key, Reading.PLAIN);
    }

    @Override
    public Lookup<V> lookup(String key, Reading reading) {
        LookupCall<V> call = calls.lookup(key, reading);
        try {
            return call.run(deadline());
        } catch (InterruptedCallException | UnreadableValueException e) {
            throw e; // no failure of the node
        } catch (MemcachedException e) {
            return new Lookup.Unavailable<>(e.node(), e);
        }
    }

    @Override
    public Fetch<V> getIfChanged(String key, long cas) {
        try {
            Deadline deadline = deadline();
            Fetch<V> fetch = calls.getIfChanged(key, cas, true).run(deadline);
            Fetch<V> fetched =
                    fetch == null ? calls.getIfChanged(key, cas, false).run(deadline) : fetch;
            return Objects.requireNonNull(fetched); // null only for who asked for the token
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            if (settings.lenient()) {
                return new Fetch.Missing<>();
            }
            throw e;
        }
    }

    @Override
    public BulkRead<V> getAll(Collection<String> keys) {
        return bulk().getAll(keys);
    }

    @Override
    public BulkRead<V> getAllAndTouch(Collection<String> keys, Duration ttl) {
        return bulk().getAllAndTouch(keys, calls.exptime(ttl));
    }

    @Override
    public BulkWrite setAll(Map<String, V> values, Duration ttl) {
        return bulk().setAll(values, calls.exptime(ttl));
    }

    @Override
    public BulkDelete deleteAll(Collection<String> keys) {
        return bulk().deleteAll(keys);
    }

    private BulkCalls<V> bulk() {
        return new BulkCalls<>(calls, calls.cluster().deadline(settings.bulkTimeout()));
    }

    @Override
    public StoreResult set(String key, V value, Duration ttl) {
        return store(calls.store(StoreCall.Kind.SET, "set", key, value, calls.exptime(ttl)));
    }

    @Override
    public StoreResult add(String key, V value, Duration ttl) {
        return store(calls.store(StoreCall.Kind.ADD, "add", key, value, calls.exptime(ttl)));
    }

    @Override
    public StoreResult replace(String key, V value, Duration ttl) {
        return store(calls.store(StoreCall.Kind.REPLACE, "replace", key, value, calls.exptime(ttl)));
    }

    @Override
    public StoreResult append(String key, V tail) {
        return store(calls.store(StoreCall.Kind.APPEND, "append", key, tail, 0));
    }

    @Override
    public StoreResult prepend(String key, V head) {
        return store(calls.store(StoreCall.Kind.PREPEND, "prepend", key, head, 0));
    }

    @Override
    public StoreResult cas(String key, V value, long cas, Duration ttl) {
        return store(calls.cas(key, value, cas, calls.exptime(ttl)));
    }

    private StoreResult store(@Nullable StoreCall call) {
        if (call == null) {
            return StoreResult.TOO_LARGE;
        }
        try {
            return call.run(deadline());
        } catch (InterruptedCallException e) {
            throw e; // no failure of the node
        } catch (MemcachedException e) {
            if (settings.lenient()) {
                return StoreResult.UNAVAILABLE;
            }
            throw e;
        }
    }

    @Override
    public boolean delete(String key) {
        return calls.delete(key).run(deadline());
    }

    @Override
    public boolean delete(String key, long cas) {
        return calls.delete(key, cas).run(deadline());
    }

    @Override
    public boolean markStale(String key, Duration grace) {
        return calls.markStale(key, grace).run(deadline());
    }

    @Override
    public boolean touch(String key, Duration ttl) {
        return calls.touch(key, ttl).run(deadline());
    }

    @Override
    public OptionalLong incr(String key, long by) {
        return calls.counter(key, true).change(by).run(deadline());
    }

    @Override
    public long incr(String key, long by, long initial, Duration ttl) {
        return calls.counter(key, true).change(by, initial, calls.exptime(ttl), deadline());
    }

    @Override
    public OptionalLong decr(String key, long by) {
        return calls.counter(key, false).change(by).run(deadline());
    }

    @Override
    public long decr(String key, long by, long initial, Duration ttl) {
        return calls.counter(key, false).change(by, initial, calls.exptime(ttl), deadline());
    }

    @Override
    public @Nullable V compute(String key, LoadPolicy policy, Supplier<? extends @Nullable V> loader) {
        return new Loading<>(calls, settings, key, policy, loader).run();
    }

    @Override
    public AsyncView<V> async() {
        return new TypedAsyncView<>(calls, settings, this);
    }

    @Override
    public @Nullable V update(String key, Duration ttl, UnaryOperator<@Nullable V> change) {
        long exptime = calls.exptime(ttl);
        Deadline deadline = deadline();
        for (int attempt = 1; attempt <= Contention.ATTEMPTS_MAX; attempt++) {
            LookupCall<V> read = calls.lookup(key, Reading.PLAIN);
            Lookup<V> found = read.run(deadline);
            V changed = change.apply(found instanceof Lookup.Hit<V> hit ? hit.value() : null);
            if (changed == null) {
                return null;
            }
            // what is stale, or promised by a lease, stands in the way of add as well
            StoreCall write = read.hasItem()
                    ? calls.cas(key, changed, read.cas(), exptime)
                    : calls.store(StoreCall.Kind.ADD, "add", key, changed, exptime);
            StoreResult result = write == null ? StoreResult.TOO_LARGE : write.run(deadline);
            switch (result) {
                case STORED -> {
                    return changed;
                }
                case NOT_STORED, EXISTS, NOT_FOUND -> Contention.pause(attempt, deadline);
                case TOO_LARGE, OUT_OF_MEMORY, UNAVAILABLE ->
                    throw Failures.notStored(read.node(), "update", key, result);
            }
        }
        throw Failures.contended(calls.nodeOf(key), "update", key, Contention.ATTEMPTS_MAX);
    }

    private Deadline deadline() {
        return calls.cluster().deadline(settings.timeout());
    }
}
