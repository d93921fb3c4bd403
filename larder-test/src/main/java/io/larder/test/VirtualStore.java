package io.larder.test;

import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The store that the nodes of a {@link VirtualCluster} share. It takes one request after the other, so it is linearizable; TTLs are
 * counted in whole seconds, rounded up, as memcached does. For the cluster's threads.
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

    private static final class Item {
        final byte[] bytes;
        final long endNanos;

        Item(byte[] bytes, long endNanos) {
            this.bytes = bytes;
            this.endNanos = endNanos;
        }
    }

    private final Turns turns;
    private final Map<String, Item> items = new TreeMap<>();
    private Watcher watcher = (node, op, key, value) -> {};
    private boolean isDown;

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
        return new TreeSet<>(items.keySet());
    }

    void watch(Watcher listener) {
        watcher = listener;
    }

    byte @Nullable [] find(int node, String key) {
        Item item = items.get(key);
        byte[] found = item == null || isOver(item) ? null : item.bytes;
        watcher.carriedOut(node, Op.FIND, key, found);
        return found == null ? null : found.clone();
    }

    void put(int node, String key, byte[] bytes, Duration ttl) {
        long end = ttl.equals(Store.FOREVER)
                ? Long.MAX_VALUE
                : turns.nowNanos()
                        + Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds())
                                .toNanos();
        items.put(key, new Item(bytes.clone(), end));
        watcher.carriedOut(node, Op.PUT, key, bytes);
    }

    void remove(int node, String key) {
        items.remove(key);
        watcher.carriedOut(node, Op.REMOVE, key, null);
    }

    private boolean isOver(Item item) {
        return turns.nowNanos() >= item.endNanos;
    }
}
