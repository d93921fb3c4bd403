package io.larder.cache;

import io.larder.base.LarderUrl;
import io.larder.base.Options;
import io.larder.base.SizeText;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.time.Duration;

/** Opens {@code mem:?size=10000}, and {@code mem:?max=64MB}. */
final class MemoryStoreProvider implements StoreProvider {
    static final long ENTRIES_DEFAULT = 10_000;

    private static final long ENTRIES_MAX = 1L << 30;
    private static final long BYTES_MIN = 1 << 20;

    @Override
    public String scheme() {
        return "mem";
    }

    @Override
    public Store<?> open(String text, StoreContext context) {
        LarderUrl url = LarderUrl.parse(text);
        if (!url.hosts().isEmpty() || !url.path().isEmpty()) {
            throw new IllegalArgumentException(
                    "mem: is in this process and takes no host or path; write mem:?size=10000 or mem:?max=64MB");
        }
        Options options = url.options().allowing("size", "max", "ttlMax", "cells");
        long size = options.number("size", ENTRIES_DEFAULT, 1, ENTRIES_MAX);
        long cells = options.number("cells", MemoryCells.CELLS_DEFAULT, 1, ENTRIES_MAX);
        Duration ttlMax = options.duration("ttlMax", Store.FOREVER);
        if (ttlMax.isZero()) {
            throw new IllegalArgumentException("mem: option \"ttlMax\": 0 keeps nothing; write null: for that");
        }
        if (options.text("max") == null) {
            return new MemoryStore(size, ttlMax, cells, context);
        }
        if (options.text("size") != null) {
            throw new IllegalArgumentException(
                    "mem: is bounded by entries (size), which are kept as objects, or by bytes (max); leave one out");
        }
        return new MemoryByteStore(bytesMax(options), ttlMax, cells, context);
    }

    /** More than half the heap leaves no room for the program: what it does not have, no bound can give. */
    private static long bytesMax(Options options) {
        long bytes = options.size("max", 0);
        long most = Runtime.getRuntime().maxMemory() / 2 / BYTES_MIN * BYTES_MIN;
        if (bytes < BYTES_MIN || bytes > most) {
            throw new IllegalArgumentException(
                    "mem: option \"max\": %s is not between 1MB and %s, half the heap; start Java with a larger -Xmx for more"
                            .formatted(SizeText.format(bytes), SizeText.format(most)));
        }
        return bytes;
    }
}
