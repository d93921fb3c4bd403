package io.larder.cache;

import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The cells of a store outside the process, behind the same breaker as its entries. Thread-safe. */
final class GuardedCells implements Cells {
    private final GuardedStore guard;
    private final Cells cells;

    GuardedCells(GuardedStore guard, Cells cells) {
        this.guard = guard;
        this.cells = cells;
    }

    @Override
    public @Nullable Cell find(String key) {
        return guard.<@Nullable Cell>ask(() -> cells.find(key));
    }

    @Override
    public boolean add(String key, byte[] value, Duration ttl) {
        return guard.ask(() -> cells.add(key, value, ttl));
    }

    @Override
    public boolean replace(String key, byte[] value, long version, Duration ttl) {
        return guard.ask(() -> cells.replace(key, value, version, ttl));
    }

    @Override
    public long count(String key, long by, long start, Duration ttl) {
        return guard.ask(() -> cells.count(key, by, start, ttl));
    }
}
