package io.larder.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shelf over {@code tiered:}: copies in the process in front of a store outside. The far store is written first and decides;
 * copies live as long as the near store allows, and never longer than the entry. Thread-safe.
 */
final class TieredShelf<V extends @Nullable Object> implements Shelf<V> {
    private final Lookup<V> absent = new Lookup.Absent<>();
    private final ObjectShelf<V> near;
    private final ByteShelf<V> far;
    private final Markers markers;
    private final Fences fences;
    private final Surroundings around;

    TieredShelf(ObjectShelf<V> near, ByteShelf<V> far, Markers markers, Fences fences, Surroundings around) {
        this.near = near;
        this.far = far;
        this.markers = markers;
        this.fences = fences;
        this.around = around;
    }

    @Override
    public Lookup<V> glance(String key, List<String> tags) {
        Lookup<V> seen = near.find(key, tags);
        // of an old copy the far store may have a newer value
        return seen instanceof Lookup.Fresh<V> || seen instanceof Lookup.Negative<V> ? seen : absent;
    }

    @Override
    public Lookup<V> find(String key, List<String> tags) {
        Lookup<V> seen = near.find(key, tags);
        if (seen instanceof Lookup.Fresh<V> || seen instanceof Lookup.Negative<V>) {
            return seen;
        }
        long mark = fences.mark(key);
        return newer(key, seen, far.findEntry(key, tags), mark);
    }

    @Override
    public Entry<V> findEntry(String key, List<String> tags) {
        return far.findEntry(key, tags);
    }

    @Override
    public Map<String, Lookup<V>> findAll(Map<String, List<String>> keys) {
        Map<String, Lookup<V>> lookups = near.findAll(keys);
        Map<String, List<String>> rest = new HashMap<>();
        Map<String, Long> marks = new HashMap<>();
        keys.forEach((key, tags) -> {
            Lookup<V> seen = lookups.get(key);
            if (!(seen instanceof Lookup.Fresh<V>) && !(seen instanceof Lookup.Negative<V>)) {
                rest.put(key, tags);
                marks.put(key, fences.mark(key));
            }
        });
        if (!rest.isEmpty()) {
            far.findEntries(rest).forEach((key, entry) -> {
                Lookup<V> seen = lookups.getOrDefault(key, absent);
                lookups.put(key, newer(key, seen, entry, marks.getOrDefault(key, -1L)));
            });
        }
        return lookups;
    }

    /** Of an old copy and what the far store has, the newer; that of the far store is copied. */
    private Lookup<V> newer(String key, Lookup<V> copy, Entry<V> entry, long mark) {
        if (entry.lookup() instanceof Lookup.Fresh<V> fresh) {
            long leftMillis = fresh.meta().freshUntilMillis() - around.nowMillis();
            if (leftMillis > 0) {
                Duration left = fresh.meta().freshUntilMillis() == Long.MAX_VALUE
                        ? Policy.FOREVER
                        : Duration.ofMillis(leftMillis);
                near.put(key, fresh.value(), fresh.meta(), left, left, entry.versions());
                if (!fences.holds(key, mark)) {
                    near.remove(key);
                }
            }
            return fresh;
        }
        return newerOf(copy, entry.lookup());
    }

    /** Of an old copy and what the far store has, the newer. */
    static <V extends @Nullable Object> Lookup<V> newerOf(Lookup<V> copy, Lookup<V> far) {
        if (copy instanceof Lookup.Stale<V> old && !(far instanceof Lookup.Fresh<V>)) {
            boolean isNewer = !(far instanceof Lookup.Stale<V> other)
                    || other.meta().stamp() < old.meta().stamp();
            return isNewer && !(far instanceof Lookup.Negative<V>) ? old : far;
        }
        return far;
    }

    @Override
    public List<Inspection<V>> inspect(String key, List<String> tags) {
        List<Inspection<V>> levels = new ArrayList<>(near.inspect(key, tags));
        levels.addAll(far.inspect(key, tags));
        return levels;
    }

    @Override
    public void put(String key, V value, Meta meta, Duration ttl, Duration kept, Versions versions) {
        long mark = fences.mark(key);
        try {
            far.put(key, value, meta, ttl, kept, versions);
        } finally { // if the far store is down, this process has its value at least
            copy(key, mark, () -> near.put(key, value, meta, ttl, kept, versions));
        }
    }

    /** Puts what has just been written into the near store; a reader that has seen what was there before takes its copy away. */
    private void copy(String key, long mark, Runnable put) {
        if (fences.moveFrom(key, mark)) {
            put.run();
            if (!fences.holds(key, mark + 1)) {
                near.remove(key);
            }
        } else { // another write or invalidation, and which was last nobody knows here
            fences.move(key);
            near.remove(key);
        }
    }

    @Override
    public void putNegative(String key, Lookup.Negative<V> negative, Duration ttl, Versions versions) {
        long mark = fences.mark(key);
        far.putNegative(key, negative, ttl, versions);
        copy(key, mark, () -> near.putNegative(key, negative, ttl, versions));
    }

    @Override
    public boolean keepsCopies() {
        return true;
    }

    @Override
    public void putCopy(String key, V value, Meta meta, Duration ttl, Duration kept) {
        copy(key, fences.mark(key), () -> near.put(key, value, meta, ttl, kept, Versions.NONE));
    }

    @Override
    public void putNegativeCopy(String key, Lookup.Negative<V> negative, Duration ttl) {
        copy(key, fences.mark(key), () -> near.putNegative(key, negative, ttl, Versions.NONE));
    }

    @Override
    public void remove(String key) {
        try {
            far.remove(key);
        } finally { // in this order: a reader who copies after our removal sees that the mark has moved
            fences.move(key);
            near.remove(key);
        }
    }

    @Override
    public Markers markers() {
        return markers;
    }
}
