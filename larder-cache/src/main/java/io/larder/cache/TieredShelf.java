package io.larder.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        return isUsable(seen) ? seen : absent;
    }

    @Override
    public Lookup<V> find(String key, List<String> tags) {
        Lookup<V> seen = near.find(key, tags);
        if (isUsable(seen)) {
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
    public Entry<V> claim(String key, List<String> tags, Duration lease) {
        Entry<V> copy = near.findEntry(key, tags);
        long mark = fences.mark(key);
        return claimed(key, copy, far.claim(key, tags, lease), mark);
    }

    /** With what the process sees, which may be a copy that is fresh still. */
    private Entry<V> claimed(String key, Entry<V> copy, Entry<V> entry, long mark) {
        Lookup<V> held = copy.lookup();
        Lookup<V> seen = newer(key, held, entry, mark);
        Lookup<V> best = isUsable(held) && !isUsable(seen) ? held : seen;
        return new Entry<>(best, best == held ? copy.versions() : entry.versions(), entry.claim());
    }

    private static boolean isUsable(Lookup<?> lookup) {
        return lookup instanceof Lookup.Fresh<?> || lookup instanceof Lookup.Negative<?>;
    }

    @Override
    public boolean compares() {
        return far.compares();
    }

    @Override
    public Claim turn(String key, Duration lease) {
        return far.turn(key, lease);
    }

    @Override
    public Map<String, Entry<V>> claimAll(Map<String, List<String>> keys, Duration lease) {
        Map<String, Entry<V>> copies = new HashMap<>();
        Map<String, Long> marks = new HashMap<>();
        keys.forEach((key, tags) -> {
            copies.put(key, near.findEntry(key, tags));
            marks.put(key, fences.mark(key));
        });
        Map<String, Entry<V>> entries = new HashMap<>();
        far.claimAll(keys, lease).forEach((key, entry) -> {
            Entry<V> copy = Objects.requireNonNull(copies.get(key));
            entries.put(key, claimed(key, copy, entry, marks.getOrDefault(key, -1L)));
        });
        return entries;
    }

    @Override
    public Map<String, Lookup<V>> findAll(Map<String, List<String>> keys) {
        Map<String, Lookup<V>> lookups = near.findAll(keys);
        Map<String, List<String>> rest = new HashMap<>();
        Map<String, Long> marks = new HashMap<>();
        keys.forEach((key, tags) -> {
            Lookup<V> seen = lookups.get(key);
            if (seen == null || !isUsable(seen)) {
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
                boolean unused = near.put(key, fresh.value(), fresh.meta(), left, left, entry.versions(), Claim.ANY);
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
    public boolean put(String key, V value, Meta meta, Duration ttl, Duration kept, Versions versions, Claim claim) {
        long mark = fences.mark(key);
        boolean isOvertaken = false;
        try {
            boolean isKept = far.put(key, value, meta, ttl, kept, versions, claim);
            isOvertaken = !isKept;
            return isKept;
        } finally {
            if (isOvertaken) {
                drop(key); // what another process has put or removed is newer
            } else { // if the far store is down, this process has its value at least
                copy(key, mark, () -> near.put(key, value, meta, ttl, kept, versions, Claim.ANY));
            }
        }
    }

    private void drop(String key) {
        fences.move(key);
        near.remove(key);
    }

    /** Puts what has just been written into the near store; a reader that has seen what was there before takes its copy away. */
    private void copy(String key, long mark, Runnable put) {
        if (fences.moveFrom(key, mark)) {
            put.run();
            if (!fences.holds(key, mark + 1)) {
                near.remove(key);
            }
        } else { // another write or invalidation, and which was last nobody knows here
            drop(key);
        }
    }

    @Override
    public boolean putNegative(String key, Lookup.Negative<V> negative, Duration ttl, Versions versions, Claim claim) {
        long mark = fences.mark(key);
        boolean isKept = far.putNegative(key, negative, ttl, versions, claim);
        if (isKept) {
            copy(key, mark, () -> near.putNegative(key, negative, ttl, versions, Claim.ANY));
        } else {
            drop(key);
        }
        return isKept;
    }

    @Override
    public boolean keepsCopies() {
        return true;
    }

    @Override
    public void putCopy(String key, V value, Meta meta, Duration ttl, Duration kept) {
        copy(key, fences.mark(key), () -> near.put(key, value, meta, ttl, kept, Versions.NONE, Claim.ANY));
    }

    @Override
    public void putNegativeCopy(String key, Lookup.Negative<V> negative, Duration ttl) {
        copy(key, fences.mark(key), () -> near.putNegative(key, negative, ttl, Versions.NONE, Claim.ANY));
    }

    @Override
    public void remove(String key) {
        try {
            far.remove(key);
        } finally { // in this order: a reader who copies after our removal sees that the mark has moved
            drop(key);
        }
    }

    @Override
    public Markers markers() {
        return markers;
    }
}
