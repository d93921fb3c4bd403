package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreModelTest {
    /** Live items take some 12 MB a thread at most, so the larger stores never need to evict. */
    @ParameterizedTest
    @CsvSource({"1, 32, 400000", "2, 64, 500000", "1, 2, 300000", "3, 2, 400000", "2, 4, 400000"})
    void randomOperations_fromSeveralThreads_matchPlainMaps(int threads, int megabytes, long operations)
            throws Exception {
        StorageConfig config = new StorageConfig((long) megabytes << 20, StoreModel.VALUE_BYTES_MAX);
        StoreModel model = new StoreModel(config, threads, 7L * threads + megabytes);

        long lost = model.run(operations, () -> {});

        StoreStats stats = model.store.stats();
        assertThat(lost).isLessThanOrEqualTo(stats.evictions());
        model.store.maintain();
        assertThat(stats.bytes()).isLessThanOrEqualTo(stats.bytesMax());
        assertThat(model.store.ledger.used()).isLessThanOrEqualTo(stats.bytesMax() + (1 << 20));
        if (megabytes >= 32) {
            assertThat(stats.evictions()).isZero();
        }
    }

    /** Writers and the store's own thread empty the same segments by turns. */
    @ParameterizedTest
    @CsvSource({"1, 2, 150000", "3, 4, 200000"})
    void randomOperations_besideTheStoresOwnThread_matchPlainMaps(int threads, int megabytes, long operations)
            throws Exception {
        StorageConfig config = new StorageConfig((long) megabytes << 20, StoreModel.VALUE_BYTES_MAX);
        StoreModel model = new StoreModel(config, threads, 11L * threads + megabytes);
        long lost;

        try (Keeper keeper = Keeper.start(model.store)) {
            lost = model.run(operations, keeper::wake);
        }

        assertThat(lost).isLessThanOrEqualTo(model.store.stats().evictions());
        model.store.maintain();
        assertThat(model.store.ledger.used())
                .isLessThanOrEqualTo(model.store.stats().bytesMax() + (1 << 20));
    }
}
