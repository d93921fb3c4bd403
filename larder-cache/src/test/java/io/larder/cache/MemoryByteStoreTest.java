package io.larder.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.NotKeptException;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreCounts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MemoryByteStoreTest extends StoreContract<byte[]> {
    private static final long BYTES_MAX = 1 << 20;

    private final FakeTicker ticker = new FakeTicker();
    private final StoreContext context = new StoreContext(ticker, new FakeClock(ticker), Runnable::run);

    @Override
    protected Store<byte[]> open() {
        return new MemoryByteStore(BYTES_MAX, Store.FOREVER, 1000, context);
    }

    @Override
    protected byte[] value(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void pass(Duration time) {
        ticker.advance(time);
    }

    private static StoreCounts counts(Store<byte[]> of) {
        return of.counts().orElseThrow();
    }

    @Test
    void counts_fewEntries_areKeysAndValuesAndTheStatedBytesEach() {
        store.put("k", new byte[100], Duration.ofSeconds(10));
        store.put("lasting", new byte[1000], Store.FOREVER);
        assertThat(counts(store)).isEqualTo(new StoreCounts(2, 0, 0, 8 + 1100 + 2 * MemoryByteStore.ENTRY_BYTES));

        store.put("lasting", new byte[10], Store.FOREVER);
        ticker.advance(Duration.ofSeconds(12));

        assertThat(counts(store)).isEqualTo(new StoreCounts(1, 0, 1, 7 + 10 + MemoryByteStore.ENTRY_BYTES));
    }

    @Test
    void find_arrayChangedByItsReader_staysAsItWasPut() {
        store.put("k", value("one"), Store.FOREVER);

        byte[] mine = requireNonNull(store.find("k"));
        mine[0] = 'X';

        assertThat(store.find("k")).isEqualTo(value("one"));
    }

    @Property(tries = 20)
    void put_anySizes_takesNoMoreThanTheBound(@ForAll long seed) {
        Random random = new Random(seed);
        StoreContext slow =
                new StoreContext(ticker, new FakeClock(ticker), task -> {}); // it never gets round to anything
        try (Store<byte[]> any = new MemoryByteStore(BYTES_MAX, Store.FOREVER, 1000, slow)) {
            for (int i = 0; i < 1000; i++) {
                any.put("k" + random.nextInt(2000), new byte[random.nextInt(1 << random.nextInt(20))], Store.FOREVER);

                assertThat(counts(any).bytes()).isLessThanOrEqualTo(BYTES_MAX);
            }
            long kept = 0;
            for (int key = 0; key < 2000; key++) {
                byte[] value = any.find("k" + key);
                kept += value == null ? 0 : ("k" + key).length() + value.length + MemoryByteStore.ENTRY_BYTES;
            }
            assertThat(counts(any).bytes()).isEqualTo(kept);
            assertThat(counts(any).evictions()).isPositive();
        }
    }

    @Test
    void put_manyThreads_takeNoMoreThanTheBound() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                tasks.add(() -> {
                    for (int i = 0; i < 2000; i++) {
                        store.put("k" + random.nextInt(500), new byte[random.nextInt(20_000)], Store.FOREVER);
                        if (random.nextInt(10) == 0) {
                            store.remove("k" + random.nextInt(500));
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

        assertThat(counts(store).bytes()).isBetween(1L, BYTES_MAX);
        for (int key = 0; key < 500; key++) {
            store.remove("k" + key);
        }
        assertThat(counts(store).bytes()).isZero();
    }

    @Test
    void put_aByteMoreThanTheBound_isRefusedAndNothingIsThere() {
        int most = (int) BYTES_MAX - 1 - MemoryByteStore.ENTRY_BYTES;
        store.put("k", new byte[most], Store.FOREVER);
        assertThat(store.find("k")).hasSize(most);

        assertThatExceptionOfType(NotKeptException.class)
                .isThrownBy(() -> store.put("k", new byte[most + 1], Store.FOREVER))
                .withMessage("k not stored: it takes 1048577 bytes, and mem: has 1MB for all; raise max");

        assertThat(store.find("k")).isNull();
    }
}
