package io.larder.bench;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.SegmentStore;
import io.larder.storage.StorageConfig;
import io.larder.storage.StoreMode;
import java.nio.ByteBuffer;

/**
 * Counts by reading back how many items a store of so many megabytes holds: {@code StoreItems MEGABYTES VALUE_BYTES...}.
 *
 * <p>Keys have 20 bytes; the store is filled with twice of what it could hold. What memcached 1.6.18 holds at {@code -m 256}
 * is printed beside, as measured for the same keys and values.
 */
public final class StoreItems {
    private static final int[][] MEMCACHED_256 = {
        {10, 2_796_032},
        {50, 1_765_888},
        {100, 1_398_016},
        {230, 698_880},
        {350, 559_104},
        {1000, 226_560},
        {4096, 58_880}
    };

    private StoreItems() {}

    public static void main(String[] args) {
        long bytes = Long.parseLong(args[0]) << 20;
        System.out.printf(
                "%8s %10s %12s %10s %6s %12s%n", "value", "items", "bytes/item", "memcached", "ratio", "ns per set");
        for (int i = 1; i < args.length; i++) {
            fill(bytes, Integer.parseInt(args[i]));
        }
    }

    private static void fill(long bytes, int valueBytes) {
        SegmentStore store = SegmentStore.open(new StorageConfig(bytes, 1 << 20), Ticker.SYSTEM);
        long count = 2 * bytes / (valueBytes + 34);
        ByteBuffer key = ByteBuffer.allocate(20);
        ByteBuffer value = ByteBuffer.allocate(valueBytes);
        long held = 0;
        double nanos;
        try (ItemStore.Session session = store.session()) {
            long began = System.nanoTime();
            for (long i = 0; i < count; i++) {
                session.store(StoreMode.SET, number(key, i), value, 0, 0);
                session.quiesce();
            }
            nanos = (double) (System.nanoTime() - began) / count;
            for (long i = 0; i < count; i++) {
                held += session.look(number(key, i)) == null ? 0 : 1;
                session.quiesce();
            }
        } finally {
            store.close();
        }
        long memcached = memcached(bytes, valueBytes);
        System.out.printf(
                "%8d %10d %12.1f %10d %6.2f %12.0f%n",
                valueBytes,
                held,
                (double) bytes / held,
                memcached,
                memcached == 0 ? 0 : (double) held / memcached,
                nanos);
    }

    private static long memcached(long bytes, int valueBytes) {
        for (int[] row : MEMCACHED_256) {
            if (row[0] == valueBytes && bytes == 256 << 20) {
                return row[1];
            }
        }
        return 0;
    }

    private static ByteBuffer number(ByteBuffer key, long number) {
        long left = number;
        for (int at = key.capacity() - 1; at >= 0; at--) {
            key.put(at, (byte) ('0' + left % 10));
            left /= 10;
        }
        return key;
    }
}
