package io.larder.cache.memcached;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Store;
import io.larder.client.Lookup;
import io.larder.client.StoreResult;
import io.larder.client.View;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a memcached cluster: {@code add}, {@code cas} and {@code incr} of the node that has the key. Thread-safe.
 *
 * <p>A node's clock steps once a second, so that an item of one second may end at once: a second is added to each TTL.
 */
final class MemcachedCells implements Cells {
    private final View<byte[]> items;

    MemcachedCells(View<byte[]> items) {
        this.items = items;
    }

    @Override
    public @Nullable Cell find(String key) {
        Lookup<byte[]> lookup = items.lookup(key);
        if (lookup instanceof Lookup.Unavailable<byte[]> down) {
            throw down.cause(); // with failure=ignore, which is for reads of entries
        }
        return lookup instanceof Lookup.Hit<byte[]> hit ? new Cell(hit.value(), hit.cas()) : null;
    }

    @Override
    public boolean add(String key, byte[] value, Duration ttl) {
        return stored(key, items.add(key, value, ttl(ttl)));
    }

    @Override
    public boolean replace(String key, byte[] value, long version, Duration ttl) {
        return stored(key, items.cas(key, value, version, ttl(ttl)));
    }

    @Override
    public long count(String key, long by, long start, Duration ttl) {
        if (by > 0) {
            return items.incr(key, by, start + by, ttl(ttl));
        }
        return (by == 0 ? items.incr(key, 0) : items.decr(key, -by)).orElse(Math.max(0, start + by));
    }

    private static boolean stored(String key, StoreResult result) {
        return switch (result) {
            case STORED -> true;
            case NOT_STORED, EXISTS, NOT_FOUND -> false;
            case TOO_LARGE, OUT_OF_MEMORY, UNAVAILABLE ->
                throw new LarderException(
                        "%s not stored, %s; it may or may not have changed".formatted(Printable.of(key), result));
        };
    }

    private static Duration ttl(Duration ttl) {
        return ttl.equals(Store.FOREVER) ? Duration.ZERO : ttl.plusSeconds(1);
    }
}
