package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Memory of items with a TTL comes back by segments, without a call for any of them and without a copy. */
class ExpiryTest {
    private static final int BYTES = 300;

    private final FakeTicker ticker = new FakeTicker();
    private final SegmentStore store = new SegmentStore(new StorageConfig(8 << 20, 100_000).withWriters(1), ticker, 1);
    private final ItemStore.Session session = store.session();

    @Test
    void shortLived_pastTheirTtl_giveBackEverySegmentUntouched() {
        fill("short", 10_000, 60);
        session.store(StoreMode.SET, key("large"), ByteBuffer.allocate(90_000), 0, 60);
        session.quiesce();
        int used = used();
        ticker.advance(Duration.ofSeconds(59));
        store.maintain();
        assertThat(used()).as("a second before").isEqualTo(used);
        assertThat(store.stats().items()).isEqualTo(10_001);
        ticker.advance(Duration.ofSeconds(1));

        store.maintain();

        assertThat(used).isGreaterThan(300);
        assertThat(used()).isZero();
        StoreStats stats = store.stats();
        assertThat(stats.items()).isZero();
        assertThat(stats.bytes()).isZero();
        assertThat(stats.reclaimed()).isEqualTo(10_001);
        assertThat(stats.expiredUnfetched()).isEqualTo(10_001);
        assertThat(stats.evictions()).isZero();
        assertThat(copiedBytes()).isZero();
    }

    @Test
    void shortLived_storedBesideOthers_leaveThemWhereTheyAre() {
        for (int i = 0; i < 5_000; i++) {
            set("short" + i, 30 + i % 200);
            set("day" + i, 86_400);
            set("forever" + i, 0);
        }
        session.quiesce();
        int used = used();
        ticker.advance(Duration.ofSeconds(230));

        store.maintain();

        assertThat(used()).isBetween(used * 2 / 3 - 4, used * 2 / 3 + 4);
        assertThat(store.stats().items()).isEqualTo(10_000);
        assertThat(store.stats().reclaimed()).isEqualTo(5_000);
        assertThat(copiedBytes()).isZero();
        for (int i = 0; i < 5_000; i++) {
            assertThat(session.get(key("short" + i))).isNull();
            assertThat(session.get(key("day" + i))).isNotNull();
            assertThat(session.get(key("forever" + i))).isNotNull();
        }
    }

    @Test
    void shortLived_touchedToLiveOn_keepTheirSegmentUntilThen() {
        fill("short", 3_000, 60);
        assertThat(session.touch(key("short7"), 1_000)).isTrue();
        session.quiesce();
        ticker.advance(Duration.ofSeconds(60));

        store.maintain();

        assertThat(used()).isEqualTo(1);
        assertThat(session.get(key("short7"))).isNotNull();
        assertThat(session.get(key("short8"))).isNull();
        session.quiesce();
        ticker.advance(Duration.ofSeconds(940));
        store.maintain();
        assertThat(used()).isZero();
        assertThat(store.stats().reclaimed()).isEqualTo(3_000);
        assertThat(copiedBytes()).isZero();
    }

    @Test
    void openSegment_whoseItemsHaveAllExpired_comesBackAsWell() {
        set("one", 5);
        session.quiesce();
        assertThat(used()).isEqualTo(1);
        store.maintain();
        assertThat(used()).as("still alive").isEqualTo(1);
        ticker.advance(Duration.ofSeconds(5));

        store.maintain();

        assertThat(used()).isZero();
        set("two", 5);
        assertThat(session.get(key("two"))).isNotNull();
    }

    @Test
    void item_storedWhileItsSegmentIsSealedAsExpired_staysReadable() {
        set("first", 5);
        session.quiesce();
        ticker.advance(Duration.ofSeconds(5));
        Worker late = new Worker(store, 0);
        late.now = store.clock.seconds();
        late.probe.load(key("late"));
        late.next.deadline = late.now + 50;
        late.next.value(key("value"));
        assertThat(late.takeRoom(false)).isTrue(); // in the segment of the first
        store.maintain();
        late.lock();
        late.publish(false, 0);
        late.unlock();

        store.maintain();

        assertThat(ItemStoreContract.text(session.get(key("late")))).isEqualTo("value");
        assertThat(session.get(key("first"))).isNull();
    }

    private void fill(String prefix, int count, long ttlSeconds) {
        for (int i = 0; i < count; i++) {
            set(prefix + i, ttlSeconds);
        }
        session.quiesce();
    }

    private void set(String key, long ttlSeconds) {
        assertThat(session.store(StoreMode.SET, key(key), ByteBuffer.allocate(BYTES), 0, ttlSeconds))
                .isEqualTo(Outcome.STORED);
    }

    /** Segments that hold anything. */
    private int used() {
        StoreMemory memory = store.memory();
        return memory.segments() - memory.segmentsFree();
    }

    private long copiedBytes() {
        return store.board.sum(Counters.Kind.COPIED_BYTES);
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
