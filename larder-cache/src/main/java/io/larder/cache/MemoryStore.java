package io.larder.cache;

import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreCounts;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code mem:} store: objects as they are, bounded by a number of {@link MemoryEntries}. Thread-safe. */
final class MemoryStore implements ObjectStore {
    private final MemoryEntries entries;
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
        this.entries =
                new MemoryEntries(bound -> bound.maximumSize(entriesMax).executor(context.executor()), ttlMax, context);
    }

    @Override
    public @Nullable Object find(String key) {
        return entries.find(key);
    }

    @Override
    public void put(String key, Object value, Duration ttl) {
        entries.put(key, value, ttl);
    }

    @Override
    public void remove(String key) {
        entries.remove(key);
    }

    @Override
    public Optional<StoreCounts> counts() {
        return Optional.of(entries.counts());
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
        entries.close();
    }
}
