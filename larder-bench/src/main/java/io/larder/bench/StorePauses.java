package io.larder.bench;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.SegmentStore;
import io.larder.storage.StorageConfig;
import io.larder.storage.StoreMode;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Histogram of how long single calls take while the store grows to so many items, expires, evicts and is resized:
 * {@code StorePauses ITEMS MEGABYTES}.
 *
 * <p>A prober reads one key every 50 microseconds and notes how long that took; the writer's own calls are counted apart. A third thread
 * does the same as the prober with a little arithmetic in place of the store: what it sees are pauses of the machine and of the collector. For
 * long calls the time is also given in which their thread had a processor or waited for something else than one.
 */
public final class StorePauses {
    private static final long PROBE_NANOS = 50_000;
    private static final int VALUE_BYTES = 20;
    private static final int KEYS_PROBED = 100_000;
    private static final int STEPS = 200;

    private final SegmentStore store;
    private final int items;
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private volatile boolean done;

    @SuppressWarnings("UnusedVariable") // so that the arithmetic is not thrown out
    private volatile long sink;

    private StorePauses(int items, long bytes) {
        this.items = items;
        store = SegmentStore.open(new StorageConfig(bytes, 1 << 20), Ticker.SYSTEM);
    }

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        new StorePauses(Integer.parseInt(args[0]), Long.parseLong(args[1]) << 20).run();
    }

    private void run() throws InterruptedException, ExecutionException {
        long bytes = store.stats().bytesMax();
        phase("grow to " + items, 0, items, 0);
        System.out.println(store.stats());
        phase("expire", 0, items / 2, 1);
        phase("evict", items, items, 0);
        store.resize(bytes / 2);
        phase("shrink", 2L * items, items / 2, 0);
        store.resize(bytes);
        phase("grow again", 3L * items, items / 2, 0);
        System.out.println(store.stats());
        pool.shutdown();
        store.close();
    }

    private void phase(String name, long from, int count, long ttl) throws InterruptedException, ExecutionException {
        long began = System.nanoTime();
        long collections = collections();
        long cpu = cpuNanos();
        done = false;
        List<Future<PauseTimes>> beside = new ArrayList<>();
        beside.add(pool.submit(this::probe));
        beside.add(pool.submit(this::idle));
        PauseTimes writes = pool.submit(() -> write(from, count, ttl)).get();
        done = true;
        System.out.printf(
                "%s: %.1f s, %.1f s of processor time, %d collections%n",
                name, (System.nanoTime() - began) / 1e9, (cpuNanos() - cpu) / 1e9, collections() - collections);
        System.out.println("  " + writes);
        for (Future<PauseTimes> one : beside) {
            System.out.println("  " + one.get());
        }
    }

    private PauseTimes write(long from, int count, long ttl) throws IOException {
        try (WaitForCpu wait = WaitForCpu.ofThisThread();
                ItemStore.Session session = store.session()) {
            PauseTimes times = new PauseTimes("writes    ", wait);
            ByteBuffer key = ByteBuffer.allocate(20);
            ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
            for (long i = from; i < from + count; i++) {
                long began = System.nanoTime();
                session.store(StoreMode.SET, key.putLong(12, i), value, 0, ttl);
                times.add(System.nanoTime() - began);
            }
            return times;
        }
    }

    private PauseTimes probe() throws IOException {
        try (WaitForCpu wait = WaitForCpu.ofThisThread();
                ItemStore.Session session = store.session()) {
            PauseTimes times = new PauseTimes("reads     ", wait);
            ByteBuffer key = ByteBuffer.allocate(20);
            long number = 0;
            while (!done) {
                LockSupport.parkNanos(PROBE_NANOS);
                times.look();
                long began = System.nanoTime();
                session.get(key.putLong(12, number++ % KEYS_PROBED));
                times.add(System.nanoTime() - began);
                session.quiesce();
            }
            return times;
        }
    }

    /** The same without a store. */
    private PauseTimes idle() throws IOException {
        try (WaitForCpu wait = WaitForCpu.ofThisThread()) {
            PauseTimes times = new PauseTimes("no store  ", wait);
            while (!done) {
                LockSupport.parkNanos(PROBE_NANOS);
                times.look();
                long began = System.nanoTime();
                long sum = began;
                for (int i = 0; i < STEPS; i++) {
                    sum = sum * 31 + i;
                }
                sink = sum;
                times.add(System.nanoTime() - began);
            }
            return times;
        }
    }

    private static long cpuNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
