package io.larder.cache.memcached;

import io.larder.base.LarderException;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import io.larder.cache.spi.NotKeptException;
import io.larder.client.AsyncView;
import io.larder.client.BulkRead;
import io.larder.client.Lookup;
import io.larder.client.Reading;
import io.larder.client.StoreResult;
import io.larder.client.View;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The leases of a memcached cluster: reads that leave a stub where nothing is ({@code mg ... N}), and writes by the CAS token of
 * what was seen ({@code ms ... C}), which a delete makes void. Nodes without meta commands give no leases: there only values
 * that were seen are compared. A memcached without CAS ({@code -C}) compares nothing. Thread-safe.
 */
final class MemcachedLeases implements Leases {
    private static final byte[] NOTHING_USABLE = {};
    private static final long NONE = 0; // the CAS of all items of a memcached that is started with -C

    private final View<byte[]> items;
    private final AsyncView<byte[]> later;

    MemcachedLeases(View<byte[]> items) {
        this.items = items;
        this.later = items.async();
    }

    @Override
    public Leased find(String key, Duration lease) {
        return leased(items.lookup(key, reading(lease)));
    }

    @Override
    public Answer findAll(Collection<String> keys, Collection<String> others, Duration lease) {
        Reading reading = reading(lease);
        Map<String, CompletableFuture<Lookup<byte[]>>> asked = new LinkedHashMap<>();
        keys.forEach(key -> asked.put(key, later.lookup(key, reading))); // all on their way at once
        Map<String, byte[]> values = Map.of();
        Map<String, RuntimeException> failures = new HashMap<>();
        if (!others.isEmpty()) {
            BulkRead<byte[]> read = items.getAll(others);
            values = read.found();
            failures.putAll(read.failed());
        }
        Map<String, Leased> found = new HashMap<>();
        asked.forEach((key, answer) -> {
            try {
                found.put(key, leased(answer.join()));
            } catch (RuntimeException e) {
                failures.put(key, e);
            }
        });
        return new Answer(found, new Found<>(values, failures));
    }

    private static Reading reading(Duration lease) {
        return lease.isZero() ? Reading.PLAIN : Reading.PLAIN.withLease(lease);
    }

    private static Leased leased(Lookup<byte[]> lookup) {
        if (lookup instanceof Lookup.Hit<byte[]> hit) {
            return new Leased.Value(new Cell(hit.value(), hit.cas()));
        }
        if (lookup instanceof Lookup.Stale<byte[]> stale) { // marked by another client: to be loaded anew
            return new Leased.Value(new Cell(NOTHING_USABLE, stale.cas()));
        }
        if (lookup instanceof Lookup.Unavailable<byte[]> down) {
            throw down.cause();
        }
        Lookup.Absent<byte[]> absent = (Lookup.Absent<byte[]>) lookup;
        long lease = absent.lease().orElse(NONE);
        long promised = absent.promised().orElse(NONE);
        if (lease != NONE) {
            return new Leased.Granted(lease);
        }
        return promised == NONE ? Leased.NOTHING : new Leased.Promised(promised);
    }

    @Override
    public boolean put(String key, byte[] value, long token, Duration ttl) {
        StoreResult result = items.cas(key, value, token, MemcachedStore.ttl(ttl));
        return switch (result) {
            case STORED -> true;
            case EXISTS, NOT_FOUND, NOT_STORED -> false;
            case TOO_LARGE, OUT_OF_MEMORY -> {
                giveBack(key, token); // or the value before this one would go on being served
                throw new NotKeptException(MemcachedStore.notStored(key, result, value.length));
            }
            case UNAVAILABLE -> throw new LarderException(MemcachedStore.notStored(key, result, value.length));
        };
    }

    @Override
    public void giveBack(String key, long token) {
        boolean unused = items.delete(key, token); // that it is gone or another is as good
    }
}
