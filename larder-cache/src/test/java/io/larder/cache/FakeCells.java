package io.larder.cache;

import io.larder.base.Ticker;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cells of a {@link FakeByteStore}: a map under one monitor, counters as decimal text, TTLs in whole seconds. */
final class FakeCells implements Cells {
    private record Item(String text, long version, long deadlineNanos) {}

    final Map<String, Item> items = new HashMap<>();
    private final FakeByteStore store;
    private final Ticker ticker;
    private long versions;

    FakeCells(FakeByteStore store, Ticker ticker) {
        this.store = store;
        this.ticker = ticker;
    }

    private @Nullable Item item(String key) {
        store.cellCalled(key);
        Item item = items.get(key);
        return item == null || ticker.nanos() - item.deadlineNanos() >= 0 ? null : item;
    }

    private void put(String key, String text, Duration ttl) {
        Duration rounded = Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds());
        items.put(key, new Item(text, ++versions, ticker.nanos() + rounded.toNanos()));
    }

    @Override
    public synchronized @Nullable Cell find(String key) {
        Item item = item(key);
        return item == null ? null : new Cell(item.text().getBytes(StandardCharsets.ISO_8859_1), item.version());
    }

    @Override
    public synchronized boolean add(String key, byte[] value, Duration ttl) {
        if (item(key) != null) {
            return false;
        }
        put(key, new String(value, StandardCharsets.ISO_8859_1), ttl);
        return true;
    }

    @Override
    public synchronized boolean replace(String key, byte[] value, long version, Duration ttl) {
        Item item = item(key);
        if (item == null || item.version() != version) {
            return false;
        }
        put(key, new String(value, StandardCharsets.ISO_8859_1), ttl);
        return true;
    }

    @Override
    public synchronized long count(String key, long by, long start, Duration ttl) {
        Item item = item(key);
        long count = Math.max(0, (item == null ? start : Long.parseLong(item.text())) + by);
        if (item != null) {
            items.put(key, new Item(Long.toString(count), ++versions, item.deadlineNanos()));
        } else if (by > 0) {
            put(key, Long.toString(count), ttl);
        }
        return count;
    }
}
