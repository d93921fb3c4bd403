package io.larder.bench;

import com.sun.management.ThreadMXBean;
import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.SegmentStore;
import io.larder.storage.StorageConfig;
import io.larder.storage.StoreMode;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Calls on a full store in this process: a million keys, values of 100 bytes, drawn by Zipf 0.99, and 256 MiB that have all been
 * in use before. Run by {@link StoreReadsMain}.
 */
public class StoreReadsBench {
    private static final long STORE_BYTES = 256 << 20;
    private static final int KEYS = 1_000_000;
    private static final int VALUE_BYTES = 100;
    private static final int DRAWS = 1 << 20;
    private static final double SKEW = 0.99;
    private static final int CALLS_PER_SET = 20;
    private static final int CALLS_PER_BATCH = 64;

    /** What all threads share. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // set before the first call
    public static class Shared {
        final int[] draws = new int[DRAWS];
        final AtomicInteger threads = new AtomicInteger();
        SegmentStore store;

        /** Fills the store with other items, then stores every key. */
        @Setup(Level.Trial)
        public void open() {
            store = SegmentStore.open(new StorageConfig(STORE_BYTES, 1 << 20), Ticker.SYSTEM);
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
            try (ItemStore.Session session = store.session()) {
                ByteBuffer key = ByteBuffer.allocate(20);
                ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
                for (int i = 3 * KEYS; i >= 0; i--) {
                    session.store(StoreMode.SET, key.putInt(16, i), value, 0, 0);
                }
            }
        }

        /** Ends the store. */
        @TearDown(Level.Trial)
        public void close() {
            store.close();
        }
    }

    /** What a thread calls with. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // set before the first call
    public static class Caller {
        private final ByteBuffer key = ByteBuffer.allocate(20);
        private final ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
        private final ByteBuffer target = ByteBuffer.allocate(VALUE_BYTES);
        private ItemStore.Session session;
        private int[] draws;
        private int at;
        private int inBatch;

        /** Each thread begins elsewhere in the draws. */
        @Setup(Level.Trial)
        public void open(Shared shared) {
            session = shared.store.session();
            draws = shared.draws;
            at = shared.threads.getAndIncrement() * (DRAWS / 2);
        }

        /** Ends the session. */
        @TearDown(Level.Trial)
        public void close() {
            session.close();
        }

        boolean isSetNext() {
            return at % CALLS_PER_SET == 0;
        }

        private ByteBuffer nextKey() {
            at = (at + 1) & (DRAWS - 1);
            return key.putInt(16, draws[at]);
        }

        int get() {
            ItemStore.Item item = session.get(nextKey());
            int bytes = 0;
            if (item != null) {
                bytes = item.valueBytes();
                item.copyValue(0, bytes, target.clear());
            }
            called();
            return bytes;
        }

        Outcome set() {
            Outcome outcome = session.store(StoreMode.SET, nextKey(), value, 0, 0);
            called();
            return outcome;
        }

        /** As an event loop does at the end of its turn. */
        private void called() {
            if (++inBatch == CALLS_PER_BATCH) {
                inBatch = 0;
                session.quiesce();
            }
        }
    }

    /** Calls, and what they cost their own thread, so that what else runs on the machine and in the harness does not count. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Spent {
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        /** Calls in this iteration. */
        public long calls;

        private long began;
        private long allocated;

        /** Begins an iteration. */
        @Setup(Level.Iteration)
        public void begin() {
            calls = 0;
            allocated = THREADS.getCurrentThreadAllocatedBytes();
            began = THREADS.getCurrentThreadCpuTime();
        }

        /** Heap bytes allocated in this iteration. */
        public long heapBytes() {
            return THREADS.getCurrentThreadAllocatedBytes() - allocated;
        }

        /** Processor time of this iteration. */
        public long cpuNanos() {
            return THREADS.getCurrentThreadCpuTime() - began;
        }
    }

    /** 95 % get and 5 % set. */
    @Benchmark
    public Object mixed(Caller caller, Spent spent) {
        spent.calls++;
        return caller.isSetNext() ? caller.set() : caller.get();
    }

    /** Gets, with a copy of the value. */
    @Benchmark
    public int get(Caller caller, Spent spent) {
        spent.calls++;
        return caller.get();
    }

    /** Replaces values. */
    @Benchmark
    public Outcome set(Caller caller, Spent spent) {
        spent.calls++;
        return caller.set();
    }
}
