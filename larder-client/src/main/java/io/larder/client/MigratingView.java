package io.larder.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a {@link Migration}: on the cluster that decides, and what the other has to hear of; {@link Copying} does
 * the latter. All parts of a call share its deadline.
 */
final class MigratingView<V> implements View<V> {
    private final MigratingClient client;
    private final KeyCalls<V> now;
    private final KeyCalls<V> old;
    private final ViewSettings settings;
    private final Copying<V> copying;

    MigratingView(MigratingClient client, KeyCalls<V> now, KeyCalls<V> old, ViewSettings settings) {
        this.client = client;
        this.now = now;
        this.old = old;
        this.settings = settings;
        this.copying = new Copying<>(client, now, old, settings);
    }

    @Override
    public View<V> within(Duration deadline) {
        return new MigratingView<>(client, now, old, settings.within(deadline));
    }

    @Override
    public View<V> lenient() {
        return new MigratingView<>(client, now, old, settings.leniently());
    }

    @Override
    public View<V> prefixed(String namespace) {
        return new MigratingView<>(client, now.within(namespace), old.within(namespace), settings);
    }

    @Override
    public NamespaceView<V> namespace(String name) {
        return GenerationView.open(new NamespaceParts.TwoClusters<>(client, now, old), settings, name);
    }

    @Override
    public AsyncView<V> async() {
        return new BackgroundView<>(this, client.newCluster());
    }

    /** The cluster that decides. */
    private TypedView<V> first(MigrationStage stage, Deadline deadline) {
        return new TypedView<>(stage.newFirst() ? now : old, settings.inside(deadline));
    }

    private Deadline deadline() {
        return now.cluster().deadline(settings.timeout());
    }

    @Override
    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    public @Nullable V get(String key) {
        return orElse(() -> read(key, deadline()), null);
    }

    private @Nullable V read(String key, Deadline deadline) {
        MigrationStage stage = client.stage();
        if (!stage.newFirst()) {
            V value = first(stage, deadline).get(key);
            client.counters().read(1, 0, value == null ? 0 : 1);
            copyIfMirroring(stage, key, value);
            return value;
        }
        MemcachedException failure = null;
        V value = null;
        try {
            value = first(stage, deadline).get(key);
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            failure = e;
        }
        StoredItem item = value == null && stage.asksOld() ? copying.find(key, deadline) : null;
        client.counters().read(1, value == null ? 0 : 1, item == null ? 0 : 1);
        if (item != null) {
            if (failure == null) { // where it cannot be read it cannot be written either
                copying.addSoon(Map.of(key, item), Set.of(key));
            }
            return copying.value(key, item);
        }
        if (failure != null) {
            throw failure;
        }
        return value;
    }

    private void copyIfMirroring(MigrationStage stage, String key, @Nullable V value) {
        if (value != null && stage == MigrationStage.MIRROR) {
            copying.copySoon(List.of(key));
        }
    }

    @Override
    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    public @Nullable V getAndTouch(String key, Duration ttl) {
        return orElse(
                () -> {
                    Deadline deadline = deadline();
                    MigrationStage stage = client.stage();
                    V value = first(stage, deadline).getAndTouch(key, ttl);
                    if (value == null && stage.asksOld() && copying.copy(key, deadline)) {
                        value = first(stage, deadline).getAndTouch(key, ttl);
                    }
                    return value;
                },
                null);
    }

    private <R extends @Nullable Object> R orElse(Supplier<R> read, R ifLenient) {
        if (!settings.lenient()) {
            return read.get();
        }
        try {
            return read.get();
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return ifLenient;
        }
    }

    @Override
    public Fetch<V> getIfChanged(String key, long cas) {
        return orElse(
                () -> {
                    Deadline deadline = deadline();
                    MigrationStage stage = client.stage();
                    Fetch<V> fetched = first(stage, deadline).getIfChanged(key, cas);
                    boolean copied =
                            fetched instanceof Fetch.Missing<V> && stage.asksOld() && copying.copy(key, deadline);
                    return copied ? first(stage, deadline).getIfChanged(key, cas) : fetched;
                },
                new Fetch.Missing<>());
    }

    @Override
    public Lookup<V> lookup(String key) {
        return lookup(key, Reading.PLAIN);
    }

    @Override
    public Lookup<V> lookup(String key, Reading reading) {
        Deadline deadline = deadline();
        MigrationStage stage = client.stage();
        if (!stage.asksOld()) {
            return first(stage, deadline).lookup(key, reading);
        }
        // without a lease first: what it leaves would be in the way of the copy
        Lookup<V> found = first(stage, deadline).lookup(key, Reading.PLAIN);
        boolean copied = found instanceof Lookup.Absent<V> && copying.copy(key, deadline);
        return copied || !reading.isPlain() ? first(stage, deadline).lookup(key, reading) : found;
    }

    @Override
    public BulkRead<V> getAll(Collection<String> keys) {
        return bulk().getAll(keys);
    }

    @Override
    public BulkRead<V> getAllAndTouch(Collection<String> keys, Duration ttl) {
        return bulk().getAllAndTouch(keys, ttl);
    }

    @Override
    public BulkWrite setAll(Map<String, V> values, Duration ttl) {
        return bulk().setAll(values, ttl);
    }

    @Override
    public BulkDelete deleteAll(Collection<String> keys) {
        return bulk().deleteAll(keys);
    }

    private MigratingBulk<V> bulk() {
        return new MigratingBulk<>(client, now, old, settings, copying);
    }

    @Override
    public StoreResult set(String key, V value, Duration ttl) {
        return store(key, value, ttl, false, view -> view.set(key, value, ttl));
    }

    @Override
    public StoreResult add(String key, V value, Duration ttl) {
        return store(key, value, ttl, true, view -> view.add(key, value, ttl));
    }

    @Override
    public StoreResult replace(String key, V value, Duration ttl) {
        return store(key, value, ttl, true, view -> view.replace(key, value, ttl));
    }

    @Override
    public StoreResult append(String key, V tail) {
        return store(key, null, Duration.ZERO, true, view -> view.append(key, tail));
    }

    @Override
    public StoreResult prepend(String key, V head) {
        return store(key, null, Duration.ZERO, true, view -> view.prepend(key, head));
    }

    @Override
    public StoreResult cas(String key, V value, long cas, Duration ttl) {
        return store(key, value, ttl, false, view -> view.cas(key, value, cas, ttl));
    }

    /**
     * A write of the cluster that decides, and its echo on the other.
     *
     * @param value what is there afterwards; null if only the node knows
     * @param depends whether it depends on what is there
     */
    private StoreResult store(
            String key, @Nullable V value, Duration ttl, boolean depends, Function<View<V>, StoreResult> write) {
        try {
            return change(key, value, ttl, depends, write, StoreResult.STORED::equals);
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            if (settings.lenient()) {
                return StoreResult.UNAVAILABLE;
            }
            throw e;
        }
    }

    private <R> R change(
            String key,
            @Nullable V value,
            Duration ttl,
            boolean depends,
            Function<View<V>, R> write,
            Function<R, Boolean> changed) {
        Deadline deadline = deadline();
        MigrationStage stage = client.stage();
        if (depends && stage.asksOld() && copying.isMissing(key, deadline)) {
            boolean unused = copying.copy(key, deadline); // that there is nothing to copy is as good
        }
        R result;
        try {
            result = write.apply(first(stage, deadline));
        } catch (MemcachedException e) {
            copying.forget(stage, key, deadline); // it may have happened
            throw e;
        }
        if (changed.apply(result)) {
            if (value != null && stage.mirrors()) {
                copying.mirror(stage, key, value, ttl, deadline);
            } else {
                copying.forget(stage, key, deadline);
            }
        }
        return result;
    }

    @Override
    public boolean touch(String key, Duration ttl) {
        Deadline deadline = deadline();
        MigrationStage stage = client.stage();
        boolean touched = first(stage, deadline).touch(key, ttl);
        if (!touched && stage.asksOld() && copying.copy(key, deadline)) {
            return first(stage, deadline).touch(key, ttl);
        }
        return touched;
    }

    @Override
    public OptionalLong incr(String key, long by) {
        return change(key, null, Duration.ZERO, true, view -> view.incr(key, by), OptionalLong::isPresent);
    }

    @Override
    public long incr(String key, long by, long initial, Duration ttl) {
        return change(key, null, ttl, true, view -> view.incr(key, by, initial, ttl), any -> true);
    }

    @Override
    public OptionalLong decr(String key, long by) {
        return change(key, null, Duration.ZERO, true, view -> view.decr(key, by), OptionalLong::isPresent);
    }

    @Override
    public long decr(String key, long by, long initial, Duration ttl) {
        return change(key, null, ttl, true, view -> view.decr(key, by, initial, ttl), any -> true);
    }

    @Override
    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    public @Nullable V update(String key, Duration ttl, UnaryOperator<@Nullable V> change) {
        return change(key, null, ttl, true, view -> view.update(key, ttl, change), value -> value != null);
    }

    @Override
    public boolean delete(String key) {
        return removeFromBoth(key, view -> view.delete(key));
    }

    @Override
    public boolean delete(String key, long cas) {
        return change(key, null, Duration.ZERO, false, view -> view.delete(key, cas), Boolean::booleanValue);
    }

    @Override
    public boolean markStale(String key, Duration grace) {
        return removeFromBoth(key, view -> view.markStale(key, grace));
    }

    /** The old cluster first: a copy on its way finds out there that it is outdated. */
    private boolean removeFromBoth(String key, Function<View<V>, Boolean> remove) {
        Deadline deadline = deadline();
        MigrationStage stage = client.stage();
        if (!stage.touchesBoth()) {
            return remove.apply(first(stage, deadline));
        }
        client.lostCopy(key);
        boolean was = false;
        List<MemcachedException> failures = new ArrayList<>();
        for (KeyCalls<V> side : List.of(old, now)) {
            View<V> view = new TypedView<>(side, settings.inside(deadline));
            boolean decides = side == (stage.newFirst() ? now : old);
            try {
                was |= decides ? remove.apply(view) : view.delete(key);
            } catch (MemcachedException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return was;
    }

    @Override
    public @Nullable V compute(String key, LoadPolicy policy, Supplier<? extends @Nullable V> loader) {
        MigrationStage stage = client.stage();
        Deadline deadline = deadline();
        if (stage.asksOld() && copying.isMissing(key, deadline)) {
            boolean copied = copying.copy(key, deadline);
            client.counters().read(1, 0, copied ? 1 : 0);
        } else {
            client.counters().read(1, stage.newFirst() ? 1 : 0, stage.newFirst() ? 0 : 1);
        }
        KeyCalls<V> side = stage.newFirst() ? now : old;
        V computed = new TypedView<>(side, settings).compute(key, policy, () -> {
            V value = loader.get();
            if (value != null) {
                copying.forget(stage, key, deadline());
            }
            return value;
        });
        copyIfMirroring(stage, key, computed);
        return computed;
    }
}
