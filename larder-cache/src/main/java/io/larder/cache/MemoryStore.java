package io.larder.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy.VarExpiration;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreCounts;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The {@code mem:} store: Caffeine, bounded by a number of entries, each with its own TTL. When it is full, entries that
 * are seldom asked for leave first. Thread-safe.
 */
final class MemoryStore implements ObjectStore {
    private final Cache<String, Object> cache;
    private final VarExpiration<String, Object> ttls;
    private final Duration ttlMax;
    private final LongAdder evictions = new LongAdder();
    private final LongAdder expirations = new LongAdder();
    private final MemoryCells cells;

    MemoryStore(long entriesMax, Duration ttlMax, StoreContext context) {
        this(entriesMax, ttlMax, MemoryCells.CELLS_DEFAULT, context);
    }

    /**
     * A store.
     *
     * @param ttlMax longer TTLs of entries are cut to this
     * @param cellsMax bound of its cells, which do not count as entries
     */
    MemoryStore(long entriesMax, Duration ttlMax, long cellsMax, StoreContext context) {
        this.cells = new MemoryCells(cellsMax, context);
        this.ttlMax = ttlMax;
        this.cache = Caffeine.newBuilder()
                .maximumSize(entriesMax)
                .expireAfter(new TtlSetByPut())
                .ticker(context.ticker()::nanos)
                .executor(context.executor())
                .evictionListener((key, value, cause) -> {
                    (cause == RemovalCause.EXPIRED ? expirations : evictions).increment();
                })
                .build();
        this.ttls = cache.policy().expireVariably().orElseThrow();
    }

    @Override
    public @Nullable Object find(String key) {
        return cache.getIfPresent(key);
    }

    @Override
    public void put(String key, Object value, Duration ttl) {
        Object unused = ttls.put(key, value, ttl.compareTo(ttlMax) < 0 ? ttl : ttlMax);
    }

    @Override
    public void remove(String key) {
        cache.invalidate(key);
    }

    @Override
    public Optional<StoreCounts> counts() {
        return Optional.of(new StoreCounts(cache.estimatedSize(), evictions.sum(), expirations.sum()));
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.TTL, Capability.CURRENT, Capability.ATOMIC);
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public void close() {
        cells.close();
        cache.invalidateAll();
        cache.cleanUp();
    }

    /** Entries come with a TTL of their own; a read leaves it as it is, so that none can slide. */
    private static final class TtlSetByPut implements Expiry<String, Object> {
        @Override
        public long expireAfterCreate(String key, Object value, long nowNanos) {
            return Long.MAX_VALUE;
        }

        @Override
        public long expireAfterUpdate(String key, Object value, long nowNanos, long leftNanos) {
            return Long.MAX_VALUE;
        }

        @Override
        public long expireAfterRead(String key, Object value, long nowNanos, long leftNanos) {
            return leftNanos;
        }
    }
}
