package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreStatsTest {
    private final FakeTicker ticker = new FakeTicker();
    private final SegmentStore store = new SegmentStore(new StorageConfig(2 << 20, 100_000), ticker, 1);
    private final ItemStore.Session session = store.session();

    @Test
    void expiredItem_askedForByAnyWay_isCountedOnce() {
        set("a", 100, 5);
        set("b", 100, 5);
        set("c", 100, 5);
        ticker.advance(Duration.ofSeconds(5));

        assertThat(session.get(key("a"))).isNull();
        assertThat(session.look(key("b"))).isNull();
        assertThat(session.delete(key("c"))).isFalse();
        assertThat(session.get(key("a"))).isNull(); // by now a plain miss

        assertThat(store.stats().foundExpired()).isEqualTo(3);
        assertThat(store.stats().foundFlushed()).isZero();
        assertThat(store.stats().items()).isZero();
    }

    @Test
    void flushedItem_askedFor_isCountedApart() {
        set("a", 100, 5);
        session.flush(0);

        assertThat(session.get(key("a"))).isNull();

        assertThat(store.stats().foundFlushed()).isEqualTo(1);
        assertThat(store.stats().foundExpired()).isZero();
    }

    @Test
    void evicted_thoseWithATtl_areCounted_andTheIdleTimeOfTheLast() {
        for (int i = 0; i < 3_000; i++) {
            set("k" + i, 300, 100);
        }
        ticker.advance(Duration.ofSeconds(7));
        for (int i = 0; store.stats().evictions() == 0; i++) {
            set("n" + i, 300, 0);
        }

        StoreStats stats = store.stats();
        assertThat(stats.evictedMortal()).isEqualTo(stats.evictions());
        assertThat(stats.evictedIdleSeconds()).isEqualTo(7);
    }

    @Test
    void since_countsBeginAnew_andWhatIsHeldStays() {
        set("a", 100, 0);
        StoreStats before = store.stats();
        set("b", 100, 0);

        StoreStats since = store.stats().since(before);

        assertThat(since.itemsTotal()).isEqualTo(1);
        assertThat(since.items()).isEqualTo(2);
    }

    private void set(String key, int valueBytes, long ttlSeconds) {
        session.store(StoreMode.SET, key(key), ByteBuffer.allocate(valueBytes), 0, ttlSeconds);
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
