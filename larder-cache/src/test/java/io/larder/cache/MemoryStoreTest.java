package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends StoreContract<Object> {
    private final FakeTicker ticker = new FakeTicker();
    private final StoreContext context = new StoreContext(ticker, new FakeClock(ticker), Runnable::run);

    @Override
    protected Store<Object> open() {
        return new MemoryStore(100, Store.FOREVER, context);
    }

    @Override
    protected Object value(String text) {
        return text;
    }

    @Override
    protected void pass(Duration time) {
        ticker.advance(time);
    }

    @Test
    void find_afterPut_returnsTheVeryObject() {
        Object value = new Object();

        store.put("k", value, Duration.ofSeconds(1));

        assertThat(store.find("k")).isSameAs(value);
    }

    @Test
    void put_tenTimesTheSize_keepsNoMoreThanTheSize() {
        for (int i = 0; i < 1000; i++) {
            store.put("k" + i, i, Duration.ofHours(1));
        }

        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            kept += store.find("k" + i) == null ? 0 : 1;
        }
        assertThat(kept).isBetween(1, 100);
    }

    @Test
    void find_oneNanoBeforeAndAtTheEndOfTtl_isExact() {
        store.put("k", "v", Duration.ofSeconds(10));

        ticker.advance(Duration.ofSeconds(10).minusNanos(1));
        assertThat(store.find("k")).isEqualTo("v");
        ticker.advance(Duration.ofNanos(1));
        assertThat(store.find("k")).isNull();
    }

    private StoreCounts counts() {
        return store.counts().orElseThrow();
    }

    private void putMany(int count, Duration ttl) {
        store.close();
        store = new MemoryStore(10_000, Store.FOREVER, context);
        for (int i = 0; i < count; i++) {
            store.put("k" + i, i, ttl);
        }
    }

    @Test
    void find_otherKeyAfterTtl_givesTheMemoryOfTheEndedBack() {
        putMany(50, Duration.ofSeconds(10));
        store.put("lasting", "v", Duration.ofHours(1));
        assertThat(counts().entries()).isEqualTo(51);

        ticker.advance(Duration.ofSeconds(12));
        Object unused = store.find("lasting");

        assertThat(counts()).isEqualTo(new StoreCounts(1, 0, 50));
    }

    @Test
    void put_manyEndedTogether_isNotTheOneToForgetThemAll() {
        int many = 5 * TimingWheel.VISITS_MAX;
        putMany(many, Duration.ofSeconds(10));
        ticker.advance(Duration.ofSeconds(12));

        store.put("one", 1, Duration.ofHours(1));
        assertThat(counts().expirations())
                .as("what the put has forgotten, and what the counts have")
                .isBetween(1L, 2L * TimingWheel.VISITS_MAX);
        for (int calls = 0; calls < 10; calls++) {
            Object unused = store.find("one");
        }

        assertThat(counts()).isEqualTo(new StoreCounts(1, 0, many));
    }

    @Test
    void find_ofAnEntryWithoutAnEnd_asksForNoTime() {
        AtomicInteger readings = new AtomicInteger();
        store.close();
        store = new MemoryStore(
                100,
                Store.FOREVER,
                new StoreContext(
                        () -> {
                            readings.incrementAndGet();
                            return ticker.nanos();
                        },
                        new FakeClock(ticker),
                        Runnable::run));
        store.put("lasting", "v", Store.FOREVER);
        readings.set(0);

        assertThat(store.find("lasting")).isEqualTo("v");

        assertThat(readings).hasValue(0);
    }

    @Test
    void counts_nothingElseAfterTtl_areOfWhatLives() {
        putMany(50, Duration.ofSeconds(10));

        ticker.advance(Duration.ofSeconds(12));

        assertThat(counts()).isEqualTo(new StoreCounts(0, 0, 50));
    }

    @Test
    void counts_whateverTakesAnEndedEntryAway_itExpiredOnce() {
        for (String key : new String[] {"found", "replaced", "removed", "swept"}) {
            store.put(key, "v", Duration.ofSeconds(10));
        }
        ticker.advance(Duration.ofSeconds(10));

        assertThat(store.find("found")).isNull();
        store.put("replaced", "v", Duration.ofHours(1));
        store.remove("removed");
        ticker.advance(Duration.ofSeconds(2));
        assertThat(store.find("replaced")).isEqualTo("v");

        assertThat(counts()).isEqualTo(new StoreCounts(1, 0, 4));
    }

    @Test
    void counts_replacedOrRemovedInTime_isNeitherEvictedNorExpired() {
        store.put("k", "v", Duration.ofSeconds(10));
        store.put("k", "w", Duration.ofSeconds(10));
        store.remove("k");
        ticker.advance(Duration.ofSeconds(12));
        store.put("other", "v", Duration.ofHours(1));

        assertThat(counts()).isEqualTo(new StoreCounts(1, 0, 0));
    }

    @Test
    void find_executorRefusesTheHousekeeping_doesItItself() {
        AtomicBoolean refuses = new AtomicBoolean();
        store.close();
        store = new MemoryStore(100, Store.FOREVER, new StoreContext(ticker, new FakeClock(ticker), task -> {
            if (refuses.getAndSet(false)) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        }));
        store.put("k", "v", Duration.ofSeconds(10));
        store.put("other", "v", Duration.ofHours(1));
        ticker.advance(Duration.ofSeconds(12));
        refuses.set(true);

        assertThat(store.find("other")).isEqualTo("v");

        assertThat(refuses).isFalse();
        assertThat(counts()).isEqualTo(new StoreCounts(1, 0, 1));
    }

    @Property(tries = 100)
    void store_anyCalls_holdsWhatAMapWithDeadlinesWould(@ForAll long seed) {
        FakeTicker time = new FakeTicker();
        Random random = new Random(seed);
        Map<String, Long> deadlines = new HashMap<>();
        int ended = 0;
        try (MemoryStore any =
                new MemoryStore(1000, Store.FOREVER, new StoreContext(time, new FakeClock(time), Runnable::run))) {
            for (int step = 0; step < 500; step++) {
                String key = "k" + random.nextInt(20);
                Long deadline = deadlines.get(key);
                boolean isThere = deadline != null && deadline > time.nanos();
                assertThat(any.find(key)).isEqualTo(isThere ? deadline : null);
                if (deadline != null && !isThere) {
                    deadlines.remove(key);
                    ended++;
                }
                if (random.nextInt(3) > 0) {
                    long ttl = 1_000_000 + random.nextLong(1L << (20 + random.nextInt(20)));
                    any.put(key, time.nanos() + ttl, Duration.ofNanos(ttl));
                    deadlines.put(key, time.nanos() + ttl);
                } else if (random.nextInt(3) == 0) {
                    any.remove(key);
                    deadlines.remove(key);
                }
                time.advance(Duration.ofNanos(random.nextLong(1L << (20 + random.nextInt(14)))));
            }
            ended += deadlines.size();
            time.advance(Duration.ofDays(1));
            any.put("last", 0, Store.FOREVER);

            assertThat(any.counts()).contains(new StoreCounts(1, 0, ended));
        }
    }

    @Test
    void store_manyThreads_forgetsAllThatEnded() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                tasks.add(() -> {
                    for (int i = 0; i < 2000; i++) {
                        String key = "k" + random.nextInt(150);
                        switch (random.nextInt(4)) {
                            case 0 -> store.remove(key);
                            case 1 -> ticker.advance(Duration.ofMillis(random.nextInt(1000)));
                            case 2 -> store.put(key, i, Duration.ofMillis(1 + random.nextInt(20_000)));
                            default -> {
                                Object unused = store.find(key);
                            }
                        }
                    }
                    return 0;
                });
            }
            for (Future<Integer> future : threads.invokeAll(tasks)) {
                assertThat(future.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
        store.put("last", 1, Store.FOREVER);
        ticker.advance(Duration.ofHours(1));

        for (int calls = 0; calls < 10; calls++) {
            store.put("last", 1, Store.FOREVER);
        }

        assertThat(counts().entries()).isEqualTo(1);
    }
}
