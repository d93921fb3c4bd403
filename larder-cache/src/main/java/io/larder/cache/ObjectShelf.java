package io.larder.cache;

import io.larder.cache.spi.ObjectStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shelf over a store in the process. What it keeps are finished answers, so that a hit hands out what was built at the
 * write; for values that stay beyond their TTL, both answers and the time between them.
 */
final class ObjectShelf<V extends @Nullable Object> implements Shelf<V> {
    private final Lookup<V> absent = new Lookup.Absent<>();
    private final ObjectStore store;
    private final Class<?> valueClass;
    private final Markers markers;
    private final Surroundings around;

    ObjectShelf(ObjectStore store, Class<?> valueClass, Markers markers, Surroundings around) {
        this.store = store;
        this.valueClass = valueClass;
        this.markers = markers;
        this.around = around;
    }

    /**
     * A value that outlives its TTL.
     *
     * @param endNanos of its TTL, by the ticker
     */
    private record Lasting(Lookup.Fresh<?> fresh, Lookup.Stale<?> stale, long endNanos) {}

    /**
     * An entry with tags.
     *
     * @param entry what it would be without
     */
    private record Tagged(Object entry, Versions versions) {}

    @Override
    public boolean isHere() {
        return true;
    }

    @Override
    public Lookup<V> glance(String key, List<String> tags) {
        return find(key, tags);
    }

    @Override
    public Lookup<V> find(String key, List<String> tags) {
        Object held;
        try {
            held = store.find(key);
            if (held instanceof Tagged tagged) {
                held = isValid(tagged, tags) ? tagged.entry() : null;
            } else if (!tags.isEmpty()) {
                return absent;
            }
        } catch (RuntimeException e) {
            return new Lookup.Unavailable<>(e);
        }
        return held == null ? absent : open(held);
    }

    @Override
    public Entry<V> findEntry(String key, List<String> tags) {
        Object held;
        try {
            held = store.find(key);
            if (held instanceof Tagged tagged) {
                return isValid(tagged, tags)
                        ? new Entry<>(open(tagged.entry()), tagged.versions())
                        : new Entry<>(absent, Versions.NONE);
            }
        } catch (RuntimeException e) {
            return new Entry<>(new Lookup.Unavailable<>(e), Versions.NONE);
        }
        return new Entry<>(held == null || !tags.isEmpty() ? absent : open(held), Versions.NONE);
    }

    @Override
    public Entry<V> claim(String key, List<String> tags, Duration lease) {
        return new Entry<>(find(key, tags), Versions.NONE); // one process: its flights are enough
    }

    @Override
    public Map<String, Entry<V>> claimAll(Map<String, List<String>> keys, Duration lease) {
        Map<String, Entry<V>> entries = new HashMap<>();
        keys.forEach((key, tags) -> entries.put(key, claim(key, tags, lease)));
        return entries;
    }

    @Override
    public List<Inspection<V>> inspect(String key, List<String> tags) {
        Object held;
        try {
            held = store.find(key);
        } catch (RuntimeException e) {
            return List.of(Inspection.unavailable(Detector.Level.PROCESS, e));
        }
        if (held == null) {
            return List.of(Inspection.without(Detector.Level.PROCESS, Explanation.State.ABSENT, absent, ""));
        }
        return List.of(
                held instanceof Tagged tagged
                        ? Inspection.of(Detector.Level.PROCESS, open(tagged.entry()), tagged.versions(), tags, markers)
                        : Inspection.of(Detector.Level.PROCESS, open(held), Versions.NONE, tags, markers));
    }

    private boolean isValid(Tagged tagged, List<String> tags) {
        return tagged.versions().covers(tags) && markers.areCurrent(tagged.versions());
    }

    @SuppressWarnings("unchecked") // the key template belongs to one value type, and its class is checked
    private Lookup<V> open(Object held) {
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
    public Map<String, Lookup<V>> findAll(Map<String, List<String>> keys) {
        Map<String, Lookup<V>> lookups = new HashMap<>();
        keys.forEach((key, tags) -> lookups.put(key, find(key, tags)));
        return lookups;
    }

    @Override
    public boolean put(String key, V value, Meta meta, Duration ttl, Duration kept, Versions versions, Claim claim) {
        Lookup.Fresh<V> fresh = new Lookup.Fresh<>(value, meta);
        Object entry = kept.equals(ttl)
                ? fresh
                : new Lasting(fresh, new Lookup.Stale<>(value, meta), around.nanos() + ttl.toNanos());
        store.put(key, tagged(entry, versions), kept);
        return true;
    }

    @Override
    public boolean putNegative(String key, Lookup.Negative<V> negative, Duration ttl, Versions versions, Claim claim) {
        store.put(key, tagged(negative, versions), ttl);
        return true;
    }

    private static Object tagged(Object entry, Versions versions) {
        return versions.isEmpty() ? entry : new Tagged(entry, versions);
    }

    @Override
    public void remove(String key) {
        store.remove(key);
    }

    @Override
    public Markers markers() {
        return markers;
    }
}
