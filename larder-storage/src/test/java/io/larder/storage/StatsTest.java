package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every counter of {@link StoreStats} against what two threads that share all keys have counted themselves. */
class StatsTest {
    private static final int CALLS = 60_000;
    private static final int KEYS = 20_000;
    private static final long TTL_SECONDS = 50;

    private final FakeTicker ticker = new FakeTicker();
    private final ExecutorService pool = Executors.newFixedThreadPool(2);

    /** What one thread did, by the answers it got. */
    private record Done(long stored, long added, long deleted) {}

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64})
    void counters_ofTwoThreads_addUp(int megabytes) throws Exception {
        SegmentStore store = new SegmentStore(new StorageConfig((long) megabytes << 20, 10_000), ticker, 1);
        AtomicLong shown = new AtomicLong();
        AtomicLong shownUnfetched = new AtomicLong();
        store.onEviction((key, item) -> {
            shown.incrementAndGet();
            shownUnfetched.addAndGet(item.isFetched() ? 0 : 1);
        });

        List<Future<Done>> running = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            running.add(pool.submit(work(store, thread)));
        }
        long stored = 0;
        long added = 0;
        long deleted = 0;
        for (Future<Done> one : running) {
            stored += one.get().stored();
            added += one.get().added();
            deleted += one.get().deleted();
        }

        StoreStats stats = store.stats();
        Counted counted = Counted.in(store);
        assertThat(stats.itemsTotal()).isEqualTo(stored);
        assertThat(stats.items()).isEqualTo(counted.items);
        assertThat(stats.bytes()).isEqualTo(counted.bytes);
        assertThat(stats.evictions()).isEqualTo(shown.get());
        assertThat(stats.evictedUnfetched()).isEqualTo(shownUnfetched.get());
        assertThat(stats.evictions() > 0).isEqualTo(megabytes == 2);
        assertThat(stats.reclaimed()).isZero();
        assertThat(added).isEqualTo(counted.items + deleted + stats.evictions());
        assertThat(stats.bytesMax()).isEqualTo((long) megabytes << 20);

        ticker.advance(Duration.ofSeconds(TTL_SECONDS));
        store.maintain();
        lookAtAll(store); // what a live item keeps in its segment is found by a call

        StoreStats after = store.stats();
        assertThat(after.items()).isEqualTo(Counted.in(store).items);
        assertThat(after.bytes()).isEqualTo(Counted.in(store).bytes);
        assertThat(after.reclaimed()).isEqualTo(counted.expiring).isPositive();
        assertThat(after.expiredUnfetched())
                .isEqualTo(counted.expiringUnfetched)
                .isPositive()
                .isLessThan(counted.expiring);
        assertThat(after.evictions()).isEqualTo(shown.get());
        assertThat(after.itemsTotal()).isEqualTo(stored);
    }

    private static Callable<Done> work(SegmentStore store, int thread) {
        return () -> {
            SplittableRandom random = new SplittableRandom(thread);
            long stored = 0;
            long added = 0;
            long deleted = 0;
            try (ItemStore.Session session = store.session()) {
                for (int i = 0; i < CALLS; i++) {
                    ByteBuffer key = key(random.nextInt(KEYS));
                    ByteBuffer value = ByteBuffer.allocate(random.nextInt(i % 100 == 0 ? 5_000 : 300));
                    long ttl = random.nextBoolean() ? TTL_SECONDS : 0;
                    switch (random.nextInt(8)) {
                        case 0 -> deleted += session.delete(key) ? 1 : 0;
                        case 1, 2 -> session.get(key);
                        case 3 -> stored += is(session.store(StoreMode.REPLACE, key, value, 0, ttl));
                        case 4 -> stored += is(session.store(StoreMode.APPEND, key, key(1), 0, 0));
                        default -> {
                            int isNew = is(session.store(StoreMode.ADD, key, value, 0, ttl));
                            stored += isNew;
                            added += isNew;
                        }
                    }
                    session.quiesce();
                }
            }
            return new Done(stored, added, deleted);
        };
    }

    private static void lookAtAll(SegmentStore store) {
        try (ItemStore.Session session = store.session()) {
            for (int i = 0; i < KEYS; i++) {
                session.get(key(i));
            }
        }
    }

    private static int is(Outcome outcome) {
        return outcome == Outcome.STORED ? 1 : 0;
    }

    private static ByteBuffer key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
    }

    /** What there is, item by item. */
    private static final class Counted {
        long items;
        long bytes;
        long expiring;
        long expiringUnfetched;

        static Counted in(SegmentStore store) {
            Counted counted = new Counted();
            try (ItemWalk walk = store.walk()) {
                boolean more = true;
                while (more) {
                    more = walk.next(1_000, (key, item) -> counted.count(item));
                }
            }
            return counted;
        }

        private void count(ItemStore.Item item) {
            items++;
            bytes += item.bytes();
            if (item.ttlSeconds() >= 0) {
                expiring++;
                expiringUnfetched += item.isFetched() ? 0 : 1;
            }
        }
    }
}
