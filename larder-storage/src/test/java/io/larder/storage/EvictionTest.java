package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
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
    void overfilled_memoryForGhostsWasKeptFree() {
        int stored = 0;
        while (store.stats().evictions() == 0) {
            set("k" + stored++, 10);
        }
        long before = store.memory().indexBytes();

        for (int i = 0; i < 3 * stored; i++) {
            set("n" + i, 10);
        }

        assertThat(store.memory().indexBytes()).isLessThan(before + before / 10);
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

        int kept = 0;
        for (int i = 0; i < 1_000; i++) {
            kept += session.get(key("used" + i)) == null ? 0 : 1;
        }
        assertThat(kept).isGreaterThan(950);
    }

    @Test
    void ghosts_remember_onceAndOnlyWhatWasAdded() {
        Probe probe = new Probe(1);
        int remembered = 0;
        int mistaken = 0;
        for (int i = 0; i < 1_000; i++) {
            probe.load(key("k" + i));
            store.ghosts.add(probe);
        }
        for (int i = 0; i < 1_000; i++) {
            probe.load(key("k" + i));
            remembered += store.ghosts.remove(probe) ? 1 : 0;
            remembered -= store.ghosts.remove(probe) ? 1 : 0;
            probe.load(key("other" + i));
            mistaken += store.ghosts.remove(probe) ? 1 : 0;
        }

        assertThat(remembered).isGreaterThan(950);
        assertThat(mistaken).isLessThan(10);
    }

    @Test
    void miniCache_anyCalls_staysInBoundsAndFindsWhatItHolds() {
        MiniCache mini = new MiniCache(1 << 10, 0.25, true, 1);
        mini.clear(40_000);
        SplittableRandom random = new SplittableRandom(5);
        int hits = 0;
        for (int i = 0; i < 200_000; i++) {
            long hash = random.nextInt(random.nextInt(2_000) + 1) * 0x9e3779b97f4a7c15L;
            int size = 50 + (int) (hash >>> 40) % 200;
            switch (random.nextInt(10)) {
                case 0 -> mini.delete(hash);
                case 1 -> mini.overwrite(hash, size);
                default -> hits += mini.look(hash, size) ? 1 : 0;
            }
            assertThat(mini.residents()).isBetween(0, 1 << 10);
        }

        assertThat(hits).isGreaterThan(20_000);
    }

    @Test
    void survivors_bySize_keepMoreAndSmaller() {
        Survivors survivors = new Survivors();
        survivors.begin(true);
        survivors.weigh(1, 1_000, 1_000);
        survivors.weigh(1, 100, 100);
        survivors.weigh(0, 100, 100);
        survivors.decide(250);

        assertThat(survivors.stays(1, 1_000)).isFalse();
        assertThat(survivors.stays(1, 100)).isTrue();
        assertThat(survivors.stays(0, 100)).isTrue();
    }

    @Test
    void survivors_byUsesAlone_keepWhatWasUsed() {
        Survivors survivors = new Survivors();
        survivors.begin(false);
        survivors.weigh(1, 1_000, 1_000);
        survivors.weigh(2, 1_000, 1_000);
        survivors.weigh(0, 10, 10);
        survivors.decide(1_500);

        assertThat(survivors.stays(2, 1_000)).isTrue();
        assertThat(survivors.stays(1, 1_000)).isFalse();
        assertThat(survivors.stays(0, 10)).isFalse();
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
