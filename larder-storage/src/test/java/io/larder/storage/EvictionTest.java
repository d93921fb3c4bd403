package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EvictionTest {
    private static final StorageConfig CONFIG = new StorageConfig(2 << 20, 100_000);

    private final FakeTicker ticker = new FakeTicker();
    private SegmentStore store = new SegmentStore(CONFIG, ticker, 1);
    private ItemStore.Session session = store.session();

    @Test
    void full_withoutEviction_answersNoMemoryAndKeepsAll() {
        reopen(CONFIG.withEvicts(false));
        int stored = 0;
        while (set("k" + stored, 300) == Outcome.STORED) {
            stored++;
        }

        assertThat(set("another", 300)).isEqualTo(Outcome.NO_MEMORY);

        assertThat(stored).isGreaterThan((2 << 20) / 450);
        assertThat(store.stats().evictions()).isZero();
        for (int i = 0; i < stored; i++) {
            assertThat(session.get(key("k" + i))).isNotNull();
        }
    }

    @Test
    void full_withoutEviction_deletedRoomIsUsedAgain() {
        reopen(CONFIG.withEvicts(false));
        int stored = 0;
        while (set("k" + stored, 300) == Outcome.STORED) {
            stored++;
        }
        for (int i = 0; i < stored; i += 2) {
            assertThat(session.delete(key("k" + i))).isTrue();
        }

        int again = 0;
        while (set("n" + again, 300) == Outcome.STORED) {
            again++;
        }

        assertThat(again).isGreaterThan(stored / 3);
        assertThat(session.get(key("k1"))).isNotNull();
        assertThat(store.stats().evictions()).isZero();
    }

    @Test
    void full_expiredItemsLeaveBeforeLiveOnes() {
        for (int i = 0; i < 2_000; i++) {
            session.store(StoreMode.SET, key("short" + i), ByteBuffer.allocate(300), 0, 10);
        }
        for (int i = 0; i < 2_000; i++) {
            set("long" + i, 300);
        }
        ticker.advance(Duration.ofSeconds(10));

        for (int i = 0; i < 2_000; i++) {
            set("new" + i, 300);
        }

        assertThat(store.stats().evictions()).isZero();
        assertThat(session.get(key("long0"))).isNotNull();
    }

    @Test
    void scan_oneTimeItems_doNotPushOutWhatIsUsed() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1_000; i++) {
                if (session.get(key("used" + i)) == null) {
                    set("used" + i, 300);
                }
            }
        }

        for (int i = 0; i < 40_000; i++) {
            set("once" + i, 300);
            if (i % 4 == 0) {
                session.get(key("used" + i / 4 % 1_000));
            }
        }

        assertThat(kept("used", 1_000)).isGreaterThan(950);
    }

    @Test
    void full_unusedItems_largeOnesLeaveBeforeSmallOnes() {
        for (int i = 0; i < 1_000; i++) {
            set("small" + i, 100);
        }
        int large = 0;
        while (store.stats().evictions() < 1_000) {
            set("large" + large++, 3_000);
        }

        assertThat(kept("small", 1_000)).isGreaterThan(990);
        assertThat(kept("large", large)).isLessThan(large - 990);
    }

    @Test
    void full_smallItemsNobodyUses_sinkBelowLargeOnesThatAreUsed() {
        for (int i = 0; i < 1_000; i++) {
            set("small" + i, 100);
        }

        for (int i = 0; i < 30_000; i++) {
            set("large" + i, 3_000);
            session.get(key("large" + i));
        }

        assertThat(kept("small", 1_000)).isLessThan(10);
    }

    @Test
    void full_openSegmentOfLittleWorth_isEvictedToo() {
        set("alone of its size", 240); // no second fills its segment

        for (int i = 0; i < 30_000; i++) {
            set("k" + i, 100);
        }

        assertThat(session.get(key("alone of its size"))).isNull();
    }

    @Test
    void full_everythingUsed_makesRoomForAWriteAtABoundedPrice() {
        int stored = 0;
        while (store.stats().evictions() == 0) {
            set("k" + stored++, 100);
        }
        for (int use = 0; use < 3; use++) {
            kept("k", stored);
        }
        long copiedBefore = store.stats().copiedBytes();

        for (int i = 0; i < stored; i++) {
            set("n" + i, 100);
            session.get(key("n" + i));
        }

        assertThat(store.stats().evictions()).isGreaterThan(stored / 2);
        assertThat(store.stats().copiedBytes() - copiedBefore).isLessThan(16L * stored * 120);
    }

    @Test
    void band_ofASize_isItsDoubling() {
        assertThat(Worth.band(1)).isZero();
        assertThat(Worth.band(64)).isZero();
        assertThat(Worth.band(65)).isEqualTo(1);
        assertThat(Worth.band(128)).isEqualTo(1);
        assertThat(Worth.band(129)).isEqualTo(2);
        assertThat(Worth.band(1 << 20)).isEqualTo(14);
        assertThat(Worth.band((1 << 20) + 1)).isEqualTo(15);
        assertThat(Worth.band(1L << 40)).isEqualTo(15);
    }

    @Test
    void worth_ofTheLarger_isLessUntilTheInflationMakesUpForIt() {
        assertThat(Worth.of(0, 5)).isLessThan(Worth.of(0, 4));
        assertThat(Worth.of(1, 15)).isGreaterThan(Worth.of(0, 0));
    }

    private int kept(String prefix, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            kept += session.get(key(prefix + i)) == null ? 0 : 1;
        }
        return kept;
    }

    private void reopen(StorageConfig config) {
        store = new SegmentStore(config, ticker, 1);
        session = store.session();
    }

    private Outcome set(String key, int bytes) {
        return session.store(StoreMode.SET, key(key), ByteBuffer.allocate(bytes), 0, 0);
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
