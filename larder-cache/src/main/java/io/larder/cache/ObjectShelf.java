package io.larder.cache;

import io.larder.cache.spi.ObjectStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The shelf over a store in the process. What it keeps are finished {@link Lookup.Fresh} answers, so that a hit hands out
 * what was built at the write.
 */
final class ObjectShelf<V extends @Nullable Object> implements Shelf<V> {
    private final Lookup<V> absent = new Lookup.Absent<>();
    private final ObjectStore store;
    private final Class<?> valueClass;

    ObjectShelf(ObjectStore store, Class<?> valueClass) {
        this.store = store;
        this.valueClass = valueClass;
    }

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
        return held instanceof Lookup.Fresh<?> fresh && (fresh.value() == null || valueClass.isInstance(fresh.value()))
                ? (Lookup<V>) fresh
                : absent;
    }

    @Override
    public void put(String key, V value, Meta meta, Duration ttl) {
        store.put(key, new Lookup.Fresh<>(value, meta), ttl);
    }

    @Override
    public void remove(String key) {
        store.remove(key);
    }
}
