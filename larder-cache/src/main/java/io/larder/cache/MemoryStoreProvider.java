package io.larder.cache;

import io.larder.base.LarderUrl;
import io.larder.base.Options;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.time.Duration;

/** Opens {@code mem:?size=10000}. */
final class MemoryStoreProvider implements StoreProvider {
    static final long ENTRIES_DEFAULT = 10_000;

    private static final long ENTRIES_MAX = 1L << 30;

    @Override
    public String scheme() {
        return "mem";
    }

    @Override
    public Store<?> open(String text, StoreContext context) {
        LarderUrl url = LarderUrl.parse(text);
        if (!url.hosts().isEmpty() || !url.path().isEmpty()) {
            throw new IllegalArgumentException(
                    "mem: is in this process and takes no host or path; write mem:?size=10000");
        }
        Options options = url.options().allowing("size", "ttlMax", "cells");
        long size = options.number("size", ENTRIES_DEFAULT, 1, ENTRIES_MAX);
        long cells = options.number("cells", MemoryCells.CELLS_DEFAULT, 1, ENTRIES_MAX);
        Duration ttlMax = options.duration("ttlMax", Store.FOREVER);
        if (ttlMax.isZero()) {
            throw new IllegalArgumentException("mem: option \"ttlMax\": 0 keeps nothing; write null: for that");
        }
        return new MemoryStore(size, ttlMax, cells, context);
    }
}
