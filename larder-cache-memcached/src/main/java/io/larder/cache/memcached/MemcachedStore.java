package io.larder.cache.memcached;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leases;
import io.larder.cache.spi.NotKeptException;
import io.larder.client.BulkRead;
import io.larder.client.Codecs;
import io.larder.client.FailurePolicy;
import io.larder.client.Memcached;
import io.larder.client.StoreResult;
import io.larder.client.View;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A memcached cluster as a store.
 *
 * <p>Memcached counts TTLs in seconds; the client rounds them up, and the envelope around each value says when it really
 * ends. The client's exceptions go up as they are: to the framework each of them means unavailable;
 * a value that the node refuses is a {@link NotKeptException}. Thread-safe.
 */
final class MemcachedStore implements ByteStore {
    private final Memcached memcached;
    private final View<byte[]> items;
    private final Leases leases;
    private final Set<Capability> capabilities = EnumSet.allOf(Capability.class);

    MemcachedStore(Memcached memcached, FailurePolicy.Kind failure) {
        if (failure == FailurePolicy.Kind.REHASH || failure == FailurePolicy.Kind.GUTTER) {
            capabilities.remove(Capability.CURRENT); // a stand-in has what it was given in the last outage
            capabilities.remove(Capability.ATOMIC); // and counts anew
            capabilities.remove(Capability.LEASES);
        }
        this.memcached = memcached;
        this.items = memcached.view(Codecs.bytes());
        this.leases = new MemcachedLeases(items);
    }

    @Override
    public byte @Nullable [] find(String key) {
        return items.get(key);
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.copyOf(capabilities);
    }

    @Override
    public Found<byte[]> findAll(Collection<String> keys) {
        BulkRead<byte[]> read = items.getAll(keys);
        Map<String, RuntimeException> failures = new HashMap<>(read.failed());
        return new Found<>(read.found(), failures);
    }

    @Override
    public void put(String key, byte[] value, Duration ttl) {
        StoreResult result = items.set(key, value, ttl(ttl));
        if (result != StoreResult.STORED) {
            items.delete(key); // or the value before this one would go on being served
            String message = notStored(key, result, value.length);
            boolean answered = result == StoreResult.TOO_LARGE || result == StoreResult.OUT_OF_MEMORY;
            throw answered ? new NotKeptException(message) : new LarderException(message);
        }
    }

    static Duration ttl(Duration ttl) {
        return ttl.equals(FOREVER) ? Duration.ZERO : ttl;
    }

    static String notStored(String key, StoreResult result, int bytes) {
        return "%s not stored, %s: %d bytes; make the value smaller, or raise the limits of client and node"
                .formatted(Printable.of(key), result, bytes);
    }

    @Override
    public void remove(String key) {
        items.delete(key); // that it was not there is as good
    }

    @Override
    public Cells cells() {
        return new MemcachedCells(items);
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public void close() {
        memcached.close();
    }
}
