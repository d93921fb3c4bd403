package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class ReclaimerTest {
    /** Segments of 64 KiB. */
    private static final StorageConfig CONFIG = new StorageConfig(64 << 20, 1 << 20).withWriters(1);

    private static final int ITEMS = 10_000;
    private static final int RECORD_BYTES = 40;
    private static final int RECORDS = (64 << 10) / RECORD_BYTES;

    private final FakeTicker ticker = new FakeTicker();
    private final SegmentStore store = new SegmentStore(CONFIG, ticker, 1);
    private final ItemStore.Session session = store.session();
    private final Holds holds = new Holds();

    /** In place of the store's own, which does nothing: there is room. */
    private final Reclaimer reclaimer = new Reclaimer(store, holds);

    @Test
    void step_unusedItems_evictsOneSegmentInBoundedHolds() {
        fill(ITEMS, 0);

        assertThat(reclaimer.step(Long.MAX_VALUE, true)).isTrue();

        assertThat(store.stats().evictions()).isEqualTo(RECORDS);
        assertThat(holds.itemsMax).isEqualTo(Drain.SLICE_RECORDS);
        assertThat(holds.count).isEqualTo(RECORDS / Drain.SLICE_RECORDS + 1);
        assertThat(count(Segment.State.DRAINING)).isZero();
    }

    @Test
    void step_usedItems_movesOneSegmentInBoundedHolds() {
        fill(ITEMS, 0);
        for (int i = 0; i < ITEMS; i++) {
            assertThat(session.get(key(i))).isNotNull();
        }
        session.quiesce();

        assertThat(reclaimer.step(Long.MAX_VALUE, true)).isTrue();

        assertThat(store.stats().copiedBytes()).isBetween(60_000L, 61_440L); // 15/16 of a segment
        assertThat(store.stats().evictions()).isEqualTo(RECORDS - store.stats().copiedBytes() / RECORD_BYTES);
        assertThat(holds.itemsMax).isEqualTo(Drain.SLICE_RECORDS);
    }

    @Test
    void step_recordsAlreadyDead_countAsWell() {
        fill(ITEMS, 0);
        for (int i = 0; i < RECORDS - 1; i++) {
            assertThat(session.delete(key(i))).isTrue();
        }

        assertThat(reclaimer.step(Long.MAX_VALUE, true)).isTrue();

        assertThat(store.stats().copiedBytes()).isEqualTo(RECORD_BYTES);
        assertThat(holds.count).isEqualTo(RECORDS / Drain.SLICE_RECORDS + 1);
    }

    @Test
    void reclaimDead_expiredItems_takesThemOutInBoundedHolds() {
        fill(ITEMS, 10);
        store.log.sealAll();
        ticker.advance(Duration.ofSeconds(10));

        while (reclaimer.reclaimDead()) {
            assertThat(holds.count).isLessThan(ITEMS);
        }

        assertThat(store.stats().reclaimed()).isEqualTo(ITEMS);
        assertThat(store.stats().items()).isZero();
        assertThat(holds.itemsMax).isEqualTo(Drain.SLICE_RECORDS);
        assertThat(count(Segment.State.SEALED)).isZero();
    }

    @Test
    void step_largeItem_isMovedPartByPart() {
        byte[] value = new byte[1 << 20];
        Arrays.fill(value, (byte) 3);
        session.store(StoreMode.SET, key(1), ByteBuffer.wrap(value), 0, 0);
        session.store(StoreMode.SET, key(2), ByteBuffer.wrap(value), 0, 0);
        assertThat(session.get(key(1))).isNotNull();
        session.quiesce();
        store.log.sealAll();

        assertThat(reclaimer.step(Long.MAX_VALUE, true)).isTrue();

        assertThat(store.stats().copiedBytes()).isEqualTo(value.length);
        assertThat(holds.copiedMax).isLessThan(Drain.SLICE_COPIED_BYTES + store.segments.segmentBytes());
        ItemStore.Item moved = session.get(key(1));
        assertThat(moved).isNotNull();
        ByteBuffer copy = ByteBuffer.allocate(value.length);
        moved.copyValue(0, value.length, copy);
        assertThat(copy.array()).isEqualTo(value);
    }

    @Test
    void slice_largeItemDeletedHalfway_leavesNothingOfIt() {
        session.store(StoreMode.SET, key(1), ByteBuffer.allocate(1 << 20), 0, 0);
        assertThat(session.get(key(1))).isNotNull();
        session.quiesce();
        store.log.sealAll();
        reclaimer.slice(Long.MAX_VALUE, true);
        assertThat(count(Segment.State.DRAINING)).isOne();

        session.delete(key(1));
        while (reclaimer.isUnderWay()) {
            reclaimer.slice(Long.MAX_VALUE, true);
        }

        store.log.sealAll();
        while (reclaimer.reclaimDead()) {
            assertThat(holds.count).isLessThan(ITEMS);
        }
        assertThat(store.stats().bytes()).isZero();
        assertThat(count(Segment.State.SEALED) + count(Segment.State.DRAINING)).isZero();
    }

    @Test
    void slice_segmentHalfEmpty_isGoneOnWithByWhoeverComes() {
        fill(ITEMS, 0);

        reclaimer.slice(Long.MAX_VALUE, true);
        Segment first = draining();
        reclaimer.slice(Long.MAX_VALUE, true);
        reclaimer.reclaimDead();
        assertThat(draining()).isSameAs(first);
        assertThat(store.stats().evictions()).isEqualTo(3L * Drain.SLICE_RECORDS);
        reclaimer.step(Long.MAX_VALUE, true);

        assertThat(store.stats().evictions()).isEqualTo(RECORDS);
        assertThat(first.state()).isEqualTo(Segment.State.FREE);
    }

    @Test
    void slice_roomComesBackMeanwhile_staysWhereItIs() {
        fill(ITEMS, 0);
        reclaimer.slice(Long.MAX_VALUE, true);

        assertThat(reclaimer.step(1, true)).isTrue();

        assertThat(store.stats().evictions()).isEqualTo(Drain.SLICE_RECORDS);
        assertThat(reclaimer.isUnderWay()).isTrue();
    }

    @Test
    void flush_segmentHalfEmpty_takesTheRestAsDead() {
        fill(ITEMS, 0);
        reclaimer.slice(Long.MAX_VALUE, true);

        session.flush(0);
        while (reclaimer.reclaimDead()) {
            assertThat(holds.count).isLessThan(ITEMS);
        }

        assertThat(store.stats().evictions()).isEqualTo(Drain.SLICE_RECORDS);
        assertThat(count(Segment.State.SEALED) + count(Segment.State.DRAINING)).isZero();
        assertThat(session.get(key(Drain.SLICE_RECORDS))).isNull();
    }

    @Test
    void resize_segmentHalfEmpty_endsThatOneFirst() {
        fill(200_000, 0);
        reclaimer.slice(Long.MAX_VALUE, true);
        Segment first = draining();

        store.resize(8 << 20);
        while (store.ledger.isOverdrawn()) {
            assertThat(reclaimer.step(Long.MAX_VALUE, true)).isTrue();
        }

        assertThat(first.state()).isIn(Segment.State.FREE, Segment.State.ABSENT);
        assertThat(store.stats().items()).isEqualTo(200_000 - store.stats().evictions());
    }

    @Test
    void walk_segmentHalfEmpty_showsEveryItemOnce() {
        fill(ITEMS, 0);
        for (int i = 0; i < ITEMS; i++) {
            assertThat(session.get(key(i))).isNotNull();
        }
        session.quiesce();
        Set<Integer> seen = new HashSet<>();

        try (ItemWalk walk = store.walk()) {
            boolean more = true;
            while (more) {
                if (store.stats().copiedBytes() < 15_000) {
                    reclaimer.slice(Long.MAX_VALUE, true);
                }
                more = walk.next(
                        100, (key, item) -> assertThat(seen.add(number(key))).isTrue());
            }
        }

        assertThat(count(Segment.State.DRAINING)).isOne();
        assertThat(seen).hasSize(ITEMS);
    }

    private void fill(int items, long ttlSeconds) {
        for (int i = 0; i < items; i++) {
            assertThat(session.store(StoreMode.SET, key(i), ByteBuffer.allocate(20), 0, ttlSeconds))
                    .isEqualTo(Outcome.STORED);
        }
    }

    private long count(Segment.State state) {
        return Arrays.stream(store.segments.all())
                .filter(segment -> segment.state() == state)
                .count();
    }

    private Segment draining() {
        return Arrays.stream(store.segments.all())
                .filter(segment -> segment.state() == Segment.State.DRAINING)
                .findFirst()
                .orElseThrow();
    }

    private static ByteBuffer key(int number) {
        return ByteBuffer.wrap("%08d".formatted(number).getBytes(US_ASCII));
    }

    private static int number(ByteBuffer key) {
        return Integer.parseInt(US_ASCII.decode(key).toString());
    }

    /** A lock that knows how much was done each time it was held: items evicted, taken out or copied, and bytes copied. */
    private final class Holds extends ReentrantLock {
        private static final long serialVersionUID = 1;

        private int count;
        private long itemsMax;
        private long copiedMax;
        private long goneBefore;
        private long copiedBefore;

        @Override
        public void lock() {
            super.lock();
            begin();
        }

        @Override
        public boolean tryLock() {
            boolean taken = super.tryLock();
            if (taken) {
                begin();
            }
            return taken;
        }

        @Override
        public void unlock() {
            count++;
            long copied = store.stats().copiedBytes() - copiedBefore;
            itemsMax = Math.max(itemsMax, gone() - goneBefore + copied / RECORD_BYTES);
            copiedMax = Math.max(copiedMax, copied);
            super.unlock();
        }

        private void begin() {
            goneBefore = gone();
            copiedBefore = store.stats().copiedBytes();
        }

        private long gone() {
            return store.stats().evictions() + store.stats().reclaimed();
        }
    }
}
