package io.larder.bench;

import com.sun.management.ThreadMXBean;
import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.SegmentStore;
import io.larder.storage.StorageConfig;
import io.larder.storage.StoreMode;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Rate of one and of two threads, 95 % get and 5 % set, Zipf 0.99: {@code StoreReads [SECONDS [MEGABYTES]]}.
 *
 * <p>Rates are per second of processor time, so that other work on the machine does not count, while waiting for locks by
 * spinning and for memory does. One and two threads take turns, so that noise meets both; medians and the ratio are printed, and the heap
 * bytes allocated per call.
 */
public final class StoreReads {
    private static final int KEYS = 1_000_000;
    private static final int VALUE_BYTES = 100;
    private static final int ROUNDS = 7;
    private static final int DRAWS = 1 << 20;
    private static final int BATCH = 1_000;
    private static final double SKEW = 0.99;

    private final SegmentStore store;
    private final int[] draws = new int[DRAWS];

    private StoreReads(long bytes) {
        store = SegmentStore.open(new StorageConfig(bytes, 1 << 20), Ticker.SYSTEM);
        double[] weights = new double[KEYS];
        double sum = 0;
        for (int i = 0; i < KEYS; i++) {
            sum += 1 / Math.pow(i + 1, SKEW);
            weights[i] = sum;
        }
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < DRAWS; i++) {
            int at = Arrays.binarySearch(weights, random.nextDouble() * sum);
            draws[i] = (int) ((at < 0 ? -at - 1 : at) * 2_654_435_761L % KEYS);
        }
    }

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 1;
        StoreReads bench = new StoreReads((args.length > 1 ? Long.parseLong(args[1]) : 256) << 20);
        bench.fill();
        bench.run(1, seconds);
        bench.run(2, seconds);
        double[] one = new double[ROUNDS];
        double[] two = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            one[i] = bench.run(1, seconds);
            two[i] = bench.run(2, seconds);
        }
        Arrays.sort(one);
        Arrays.sort(two);
        double single = one[ROUNDS / 2];
        double both = two[ROUNDS / 2];
        System.out.printf("one thread  %6.2f M calls/s (%.0f ns)%n", single / 1e6, 1e9 / single);
        System.out.printf("two threads %6.2f M calls/s, ratio %.2f%n", both / 1e6, both / single);
        bench.store.close();
    }

    private void fill() {
        try (ItemStore.Session session = store.session()) {
            ByteBuffer key = ByteBuffer.allocate(20);
            ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
            for (int i = 0; i < KEYS; i++) {
                session.store(StoreMode.SET, key.putInt(16, i), value, 0, 0);
            }
        }
    }

    private double run(int threads, double seconds) throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Double>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int id = t;
                running.add(pool.submit(() -> work(id, seconds)));
            }
            double sum = 0;
            for (Future<Double> one : running) {
                sum += one.get();
            }
            return sum;
        } finally {
            pool.shutdown();
        }
    }

    private double work(int id, double seconds) {
        ByteBuffer key = ByteBuffer.allocate(20);
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
        ByteBuffer target = ByteBuffer.allocate(VALUE_BYTES);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        long began = threads.getCurrentThreadCpuTime();
        long calls = 0;
        int at = id * (DRAWS / 2);
        try (ItemStore.Session session = store.session()) {
            while (System.nanoTime() < end) {
                for (int i = 0; i < BATCH; i++) {
                    at = (at + 1) & (DRAWS - 1);
                    key.putInt(16, draws[at]);
                    if (i % 20 == 0) {
                        session.store(StoreMode.SET, key, value, 0, 0);
                    } else {
                        ItemStore.Item item = session.get(key);
                        if (item != null) {
                            item.copyValue(0, item.valueBytes(), target.clear());
                        }
                    }
                }
                session.quiesce();
                calls += BATCH;
            }
        }
        double rate = calls * 1e9 / (threads.getCurrentThreadCpuTime() - began);
        long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
        if (bytes > 100_000) {
            System.out.printf("thread %d allocated %.3f bytes per call%n", id, (double) bytes / calls);
        }
        return rate;
    }
}
