package io.larder.cache;

import io.larder.cache.spi.ObjectStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The shelf over a store in the process. What it keeps are finished answers, so that a hit hands out what was built at the
 * write; for values that stay beyond their TTL, both answers and the time between them.
 */
final class ObjectShelf<V extends @Nullable Object> implements Shelf<V> {
    private final Lookup<V> absent = new Lookup.Absent<>();
    private final ObjectStore store;
    private final Class<?> valueClass;
    private final Surroundings around;

    ObjectShelf(ObjectStore store, Class<?> valueClass, Surroundings around) {
        this.store = store;
        this.valueClass = valueClass;
        this.around = around;
    }

    /**
     * A value that outlives its TTL.
     *
     * @param endNanos of its TTL, by the ticker
     */
    private record Lasting(Lookup.Fresh<?> fresh, Lookup.Stale<?> stale, long endNanos) {}

    @Override
    public Lookup<V> glance(String key) {
        return find(key);
    }

    @Override
    @SuppressWarnings("unchecked") // the key template belongs to one value type, and its class is checked
    public Lookup<V> find(String key) {
        Object held;
        try {
            held = store.find(key);
        } catch (RuntimeException e) {
            return new Lookup.Unavailable<>(e);
        }
        if (held instanceof Lookup.Fresh<?> fresh) {
            return isOurs(fresh.value()) ? (Lookup<V>) fresh : absent;
        }
        if (held instanceof Lasting lasting) {
            if (!isOurs(lasting.fresh().value())) {
                return absent;
            }
            return (Lookup<V>) (around.nanos() - lasting.endNanos() < 0 ? lasting.fresh() : lasting.stale());
        }
        return held instanceof Lookup.Negative<?> negative ? (Lookup<V>) negative : absent;
    }

    private boolean isOurs(@Nullable Object value) {
        return value == null || valueClass.isInstance(value);
    }

    @Override
    public void put(String key, V value, Meta meta, Duration ttl, Duration kept) {
        Lookup.Fresh<V> fresh = new Lookup.Fresh<>(value, meta);
        if (kept.equals(ttl)) {
            store.put(key, fresh, ttl);
        } else {
            store.put(key, new Lasting(fresh, new Lookup.Stale<>(value, meta), around.nanos() + ttl.toNanos()), kept);
        }
    }

    @Override
    public void putNegative(String key, Lookup.Negative<V> negative, Duration ttl) {
        store.put(key, negative, ttl);
    }

    @Override
    public void remove(String key) {
        store.remove(key);
    }
}
