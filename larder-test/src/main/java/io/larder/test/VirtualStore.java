package io.larder.test;

import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The store that the nodes of a {@link VirtualCluster} share. It takes one request after the other, so it is linearizable; TTLs are
 * counted in whole seconds, rounded up, as memcached does, and it gives leases. For the cluster's threads.
 */
public final class VirtualStore {
    /** What a request asks for. */
    enum Op {
        FIND,
        PUT,
        REMOVE
    }

    /** Told of each request when it is carried out. */
    @FunctionalInterface
    interface Watcher {
        /**
         * A request is carried out.
         *
         * @param value what is written, or was found; {@code null} otherwise
         */
        void carriedOut(int node, Op op, String key, byte @Nullable [] value);
    }

    /** What is under a key. */
    private static final class Item {
        final byte @Nullable [] bytes; // null while somebody has a lease
        final long version; // of this state, no other item's
        final long endNanos;

        Item(byte @Nullable [] bytes, long version, long endNanos) {
            this.bytes = bytes;
            this.version = version;
            this.endNanos = endNanos;
        }
    }

    private final Turns turns;
    private final Map<String, Item> items = new TreeMap<>();
    private Watcher watcher = (node, op, key, value) -> {};
    private boolean isDown;
    private long version;

    VirtualStore(Turns turns) {
        this.turns = turns;
    }

    /** Refuses every request from now on, at once; or takes them again, with what it held before. */
    public void down(boolean down) {
        isDown = down;
    }

    boolean isDown() {
        return isDown;
    }

    /** Loses everything, as a memcached that is started anew. */
    public void restart() {
        items.clear();
        isDown = false;
    }

    /** Loses one key, as if for want of room; the framework's own, of tags, are among {@link #keys}. */
    public void evict(String key) {
        items.remove(key);
    }

    /** The keys it holds. */
    public Set<String> keys() {
        items.values().removeIf(this::isOver);
        Set<String> keys = new TreeSet<>();
        items.forEach((key, item) -> {
            if (item.bytes != null) {
                keys.add(key);
            }
        });
        return keys;
    }

    void watch(Watcher listener) {
        watcher = listener;
    }

    byte @Nullable [] find(int node, String key) {
        Item item = item(key);
        byte[] found = item == null ? null : item.bytes;
        watcher.carriedOut(node, Op.FIND, key, found);
        return found == null ? null : found.clone();
    }

    Map<String, byte[]> findAll(int node, Collection<String> keys) {
        Map<String, byte[]> values = new HashMap<>();
        for (String key : keys) {
            byte[] value = find(node, key);
            if (value != null) {
                values.put(key, value);
            }
        }
        return values;
    }

    /** As {@link #find}, with a lease where nothing is. */
    Leased claim(int node, String key, Duration lease) {
        byte[] found = find(node, key);
        Item item = item(key);
        if (found != null && item != null) {
            return new Leased.Value(new Cell(found, item.version));
        }
        if (item != null) {
            return new Leased.Promised(item.version);
        }
        if (lease.isZero()) {
            return Leased.NOTHING;
        }
        items.put(key, new Item(null, ++version, end(lease)));
        return new Leased.Granted(version);
    }

    void put(int node, String key, byte[] bytes, Duration ttl) {
        items.put(key, new Item(bytes.clone(), ++version, end(ttl)));
        watcher.carriedOut(node, Op.PUT, key, bytes);
    }

    /** As {@link #put}, if what is there is still of this version. */
    boolean put(int node, String key, byte[] bytes, long seen, Duration ttl) {
        Item item = item(key);
        if (item == null || item.version != seen) {
            return false;
        }
        put(node, key, bytes, ttl);
        return true;
    }

    void remove(int node, String key) {
        items.remove(key);
        watcher.carriedOut(node, Op.REMOVE, key, null);
    }

    /** Removes what is there if it is still of this version; no removal that anybody asked for. */
    void giveBack(String key, long seen) {
        Item item = item(key);
        if (item != null && item.version == seen) {
            items.remove(key);
        }
    }

    private @Nullable Item item(String key) {
        Item item = items.get(key);
        return item == null || isOver(item) ? null : item;
    }

    private long end(Duration ttl) {
        return ttl.equals(Store.FOREVER)
                ? Long.MAX_VALUE
                : turns.nowNanos()
                        + Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds())
                                .toNanos();
    }

    private boolean isOver(Item item) {
        return turns.nowNanos() >= item.endNanos;
    }
}
