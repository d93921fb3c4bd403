package io.larder.bench;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.SegmentStore;
import io.larder.storage.StorageConfig;
import io.larder.storage.StoreMode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Histogram of how long single calls take while the store grows to so many items, expires, evicts and is resized:
 * {@code StorePauses ITEMS MEGABYTES}.
 *
 * <p>A prober reads one key every 50 microseconds and notes how long that took. The writer's own calls are counted
 * apart. Pauses of the machine and the collector count as well.
 */
public final class StorePauses {
    private static final long PROBE_NANOS = 50_000;
    private static final int VALUE_BYTES = 20;
    private static final int BUCKETS = 40;

    private volatile boolean done;

    private StorePauses() {}

    public static void main(String[] args) throws InterruptedException {
        new StorePauses().run(Integer.parseInt(args[0]), Long.parseLong(args[1]) << 20);
    }

    private void run(int items, long bytes) throws InterruptedException {
        SegmentStore store = SegmentStore.open(new StorageConfig(bytes, 1 << 20), Ticker.SYSTEM);
        long[] reads = new long[BUCKETS];
        long[] writes = new long[BUCKETS];
        Thread prober = new Thread(() -> probe(store, reads));
        prober.start();
        try (ItemStore.Session session = store.session()) {
            ByteBuffer key = ByteBuffer.allocate(20);
            ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
            phase("grow to " + items, reads, writes, () -> fill(session, key, value, 0, items, writes, 0));
            System.out.println(store.stats());
            phase("expire", reads, writes, () -> fill(session, key, value, 0, items / 2, writes, 1));
            phase("evict", reads, writes, () -> fill(session, key, value, items, items, writes, 0));
            store.resize(bytes / 2);
            phase("shrink", reads, writes, () -> fill(session, key, value, 2L * items, items / 2, writes, 0));
            store.resize(bytes);
            phase("grow again", reads, writes, () -> fill(session, key, value, 3L * items, items / 2, writes, 0));
            System.out.println(store.stats());
        }
        done = true;
        prober.join();
        store.close();
    }

    private static void phase(String name, long[] reads, long[] writes, Runnable work) {
        Arrays.fill(reads, 0);
        Arrays.fill(writes, 0);
        long began = System.nanoTime();
        work.run();
        System.out.printf("%s: %.1f s%n", name, (System.nanoTime() - began) / 1e9);
        print("  reads ", reads);
        print("  writes", writes);
    }

    private static void print(String name, long[] counts) {
        StringBuilder line = new StringBuilder(name);
        for (int i = 0; i < BUCKETS; i++) {
            if (counts[i] > 0) {
                line.append(" <").append((1L << i) / 1000.0).append("us:").append(counts[i]);
            }
        }
        System.out.println(line);
    }

    private static void fill(
            ItemStore.Session session, ByteBuffer key, ByteBuffer value, long from, int count, long[] times, long ttl) {
        for (long i = from; i < from + count; i++) {
            long began = System.nanoTime();
            session.store(StoreMode.SET, key.putLong(12, i), value, 0, ttl);
            count(times, System.nanoTime() - began);
        }
    }

    private void probe(SegmentStore store, long[] times) {
        ByteBuffer key = ByteBuffer.allocate(20);
        long number = 0;
        try (ItemStore.Session session = store.session()) {
            while (!done) {
                long began = System.nanoTime();
                session.get(key.putLong(12, number++ % 100_000));
                count(times, System.nanoTime() - began);
                session.quiesce();
                LockSupport.parkNanos(PROBE_NANOS);
            }
        }
    }

    private static void count(long[] times, long nanos) {
        times[Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(nanos))]++;
    }
}
