package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.larder.base.FakeTicker;
import io.larder.base.Ticker;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentStoreThreadsTest {
    private final ExecutorService pool = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void increments_fromManyThreads_loseNone() throws Exception {
        SegmentStore store = new SegmentStore(new StorageConfig(2 << 20, 1 << 20 >> 1), new FakeTicker(), 1);
        ItemStore.Session first = store.session();
        first.store(StoreMode.SET, key("n"), key("0"), 0, 0);

        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            running.add(pool.submit(() -> {
                try (ItemStore.Session own = store.session()) {
                    for (int i = 0; i < 25_000; i++) {
                        assertThat(own.increment(key("n"), 1)).isEqualTo(Outcome.STORED);
                    }
                }
            }));
        }
        for (Future<?> one : running) {
            one.get();
        }

        ItemStore.Item item = first.get(key("n"));
        assertThat(ItemStoreContract.text(item)).isEqualTo("100000");
    }

    @Test
    void item_heldWhileOthersFillTheStoreManyTimes_staysWhole() throws Exception {
        SegmentStore store = new SegmentStore(new StorageConfig(2 << 20, 200_000), new FakeTicker(), 1);
        ItemStore.Session holder = store.session();
        byte[] small = "the value that is being sent".getBytes(US_ASCII);
        byte[] large = new byte[150_000];
        Arrays.fill(large, (byte) 7);
        for (byte[] value : List.of(small, large)) {
            holder.store(StoreMode.SET, key("held"), ByteBuffer.wrap(value), 0, 0);
            ItemStore.Item item = holder.get(key("held"));
            assertThat(item).isNotNull();

            Callable<Integer> filling = () -> fill(store, 20_000);
            assertThat(pool.submit(filling).get()).isEqualTo(20_000);

            ByteBuffer copy = ByteBuffer.allocate(value.length);
            item.copyValue(0, value.length, copy);
            assertThat(copy.array()).isEqualTo(value);
            assertThat(store.stats().evictions()).isPositive();
        }
    }

    @Test
    void session_idleForever_keepsNothingFromOthers() {
        SegmentStore store = new SegmentStore(new StorageConfig(1 << 20, 10_000), new FakeTicker(), 1);
        ItemStore.Session idle = store.session();
        idle.store(StoreMode.SET, key("k"), key("v"), 0, 0);
        assertThat(idle.get(key("k"))).isNotNull();

        assertThat(fill(store, 20_000)).isEqualTo(20_000);
    }

    @Test
    void getAndSet_inSteadyState_allocateNothing() {
        SegmentStore store = new SegmentStore(new StorageConfig(4 << 20, 10_000), Ticker.SYSTEM, 1);
        ItemStore.Session session = store.session();
        ByteBuffer key = ByteBuffer.allocate(20);
        ByteBuffer value = ByteBuffer.allocate(100);
        ByteBuffer target = ByteBuffer.allocate(200);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();

        work(session, key, value, target, 300_000);
        long before = threads.getThreadAllocatedBytes(id);
        work(session, key, value, target, 300_000);
        long after = threads.getThreadAllocatedBytes(id);

        assertThat(store.stats().evictions()).isPositive();
        assertThat(after - before).as("bytes allocated by 600 000 calls").isLessThan(600_000 / 20);
    }

    @Test
    void open_ownThread_reclaimsAheadAndEndsWithTheStore() {
        SegmentStore store = SegmentStore.open(new StorageConfig(2 << 20, 10_000), Ticker.SYSTEM);

        assertThat(fill(store, 50_000)).isEqualTo(50_000);
        store.close();

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("larder-store"));
    }

    private static void work(
            ItemStore.Session session, ByteBuffer key, ByteBuffer value, ByteBuffer target, int count) {
        for (int i = 0; i < count; i++) {
            key.putLong(0, i % 50_000);
            session.store(StoreMode.SET, key, value, 0, 100);
            key.putLong(0, i / 2 % 50_000);
            ItemStore.Item item = session.get(key);
            if (item != null) {
                target.clear();
                item.copyValue(0, item.valueBytes(), target);
            }
        }
    }

    private static int fill(SegmentStore store, int count) {
        int stored = 0;
        try (ItemStore.Session session = store.session()) {
            ByteBuffer value = ByteBuffer.allocate(500);
            for (int i = 0; i < count; i++) {
                Outcome outcome = session.store(StoreMode.SET, key("fill:" + i), value, 0, 0);
                stored += outcome == Outcome.STORED ? 1 : 0;
            }
        }
        return stored;
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
