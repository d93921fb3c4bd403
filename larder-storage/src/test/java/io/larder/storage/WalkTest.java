package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WalkTest {
    private static final int KEYS = 3_000;

    /** Calls beside a walk that stands still, whose thread may have lost its core: what they write fits in the store. */
    private static final int CHURN_AHEAD_MAX = 50_000;

    private final FakeTicker ticker = new FakeTicker();
    private final ItemStore store = new SegmentStore(new StorageConfig(16 << 20, 100_000), ticker, 1);
    private final ItemStore.Session session = store.session();

    @Test
    void walk_inSlices_showsEveryLiveItemOnce() {
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < KEYS; i++) {
            set("k" + i, "v" + i, i % 2 == 0 ? 10 : 0);
            if (i % 2 != 0) {
                expected.add("k" + i);
            }
        }
        ticker.advance(Duration.ofSeconds(10));
        Set<String> seen = new HashSet<>();
        int sliceMax = 0;

        try (ItemWalk walk = store.walk()) {
            boolean more = true;
            while (more) {
                int before = seen.size();
                more = walk.next(100, (key, item) -> {
                    assertThat(seen.add(text(key))).isTrue();
                    assertThat(ItemStoreContract.text(item))
                            .isEqualTo("v" + text(key).substring(1));
                });
                sliceMax = Math.max(sliceMax, seen.size() - before);
            }
        }

        assertThat(seen).isEqualTo(expected);
        assertThat(sliceMax).isLessThanOrEqualTo(100);
    }

    @Test
    void walk_ofAnItem_showsAllThatADumpNeeds() {
        session.store(StoreMode.SET, key("small"), key("value"), 7, 100);
        session.store(StoreMode.SET, key("large"), ByteBuffer.allocate(90_000), 0, 0);
        ItemStore.Item read = session.get(key("small"));
        assertThat(read).isNotNull();
        long token = read.cas();
        ticker.advance(Duration.ofSeconds(40));

        int[] shown = {0};
        walk(10, (key, item) -> {
            shown[0]++;
            boolean small = text(key).equals("small");
            assertThat(item.ttlSeconds()).isEqualTo(small ? 60 : -1);
            assertThat(item.idleSeconds()).isEqualTo(40);
            assertThat(item.isFetched()).isEqualTo(small);
            assertThat(item.flags()).isEqualTo(small ? 7 : 0);
            assertThat(item.valueBytes()).isEqualTo(small ? 5 : 90_000);
            assertThat(item.bytes()).isBetween(small ? 28L : 90_100L, small ? 28L : 90_400L);
            assertThat(item.cas() == token).isEqualTo(small);
        });

        assertThat(shown[0]).isEqualTo(2);
    }

    @Test
    void walk_whileSlotsMoveAndChunksGrow_showsWhatStaysOnce() {
        for (int i = 0; i < KEYS; i++) {
            set("stays" + i, "0", 0);
        }
        Set<String> seen = new HashSet<>();
        int added = 0;

        try (ItemWalk walk = store.walk()) {
            while (walk.next(20, (key, item) -> note(seen, key))) {
                for (int n = 0; n < 200 && added < 60_000; n++) {
                    set("new" + added++, "x", 0);
                    set("stays" + added % KEYS, Integer.toString(added), 0);
                }
            }
        }

        assertThat(store.stats().evictions()).isZero();
        assertThat(added).isGreaterThan(40_000);
        assertThat(seen).hasSize(KEYS);
    }

    @Test
    void walk_besideAnotherThread_showsWhatStaysOnce() throws Exception {
        for (int i = 0; i < KEYS; i++) {
            set("stays" + i, "0", 0);
        }
        AtomicBoolean walked = new AtomicBoolean();
        AtomicInteger shown = new AtomicInteger();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> traffic = pool.submit(() -> churn(walked, shown));
            for (int round = 0; round < 10; round++) {
                Set<String> seen = new HashSet<>();
                walk(50, (key, item) -> {
                    note(seen, key);
                    shown.incrementAndGet();
                });
                assertThat(seen).hasSize(KEYS);
            }
            walked.set(true);
            traffic.get();
        } finally {
            walked.set(true);
            pool.shutdownNow();
        }
        assertThat(store.stats().evictions()).isZero();
    }

    @Test
    void slice_whereNothingIsAlive_isBoundedAllTheSame() {
        for (int i = 0; i < KEYS; i++) {
            set("k" + i, "v", 10);
        }
        ticker.advance(Duration.ofSeconds(10));
        int slices = 0;

        try (ItemWalk walk = store.walk()) {
            while (walk.next(10, (key, item) -> assertThat(text(key)).isEmpty())) {
                slices++;
            }
        }

        assertThat(slices).isGreaterThan(KEYS / 50);
    }

    private void walk(int slice, ItemWalk.Visitor visitor) {
        try (ItemWalk walk = store.walk()) {
            boolean more = true;
            while (more) {
                more = walk.next(slice, visitor);
            }
        }
    }

    /** Adds, deletes and overwrites until told to stop; the walk keeps back what dies while it shows an item. */
    private void churn(AtomicBoolean stop, AtomicInteger shown) {
        try (ItemStore.Session own = store.session()) {
            int seen = 0;
            int ahead = 0;
            for (int i = 0; !stop.get(); i++) {
                while (ahead == CHURN_AHEAD_MAX && shown.get() == seen && !stop.get()) {
                    LockSupport.parkNanos(100_000);
                }
                ahead = shown.get() == seen ? ahead + 1 : 0;
                seen = shown.get();
                ByteBuffer value = key(Integer.toString(i));
                assertThat(own.store(StoreMode.SET, key("new" + i % 60_000), value, 0, 0))
                        .isEqualTo(Outcome.STORED);
                own.store(StoreMode.SET, key("stays" + i % KEYS), value, 0, 0);
                own.delete(key("new" + (i + 30_000) % 60_000));
            }
        }
    }

    private static void note(Set<String> seen, ByteBuffer key) {
        String text = text(key);
        if (text.startsWith("stays")) {
            assertThat(seen.add(text)).as(text).isTrue();
        }
    }

    private void set(String key, String value, long ttl) {
        assertThat(session.store(StoreMode.SET, key(key), key(value), 0, ttl)).isEqualTo(Outcome.STORED);
    }

    private static String text(ByteBuffer key) {
        return US_ASCII.decode(key.duplicate()).toString();
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
