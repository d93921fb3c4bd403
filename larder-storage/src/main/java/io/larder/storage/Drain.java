package io.larder.storage;

import org.jspecify.annotations.Nullable;

/**
 * Goes over the records of a sealed segment and empties it, slice by slice: dead records are passed over, live items are copied
 * or evicted, by a rule. One segment at a time. Confined to the reclaimer.
 *
 * <p>A large item moves or goes as a whole, whichever of its records is met first.
 */
final class Drain {
    /** What becomes of the live items. */
    enum Rule {
        /** There are none, only dead ones that still have slots; a live one, raised by a touch just now, stays. */
        DROP_DEAD,
        KEEP_LIVE,
        /** Second chance (F. Corbato, 1968): what was used since it came here, up to {@link #KEPT_SHARE} of the segment. */
        KEEP_USED,
        /** The last resort. */
        KEEP_NONE;

        /** Of so many, for an item that stays: half, so that what is not used any more goes after two more chances at most. */
        int usesLeft(int uses) {
            return this == KEEP_USED ? uses / 2 : uses;
        }
    }

    /** Of a slice: some ten microseconds, which is how long others wait for the reclaimer. */
    static final int SLICE_RECORDS = 64;

    /** After so many no further record is begun, nor a further part of a large item. */
    static final int SLICE_COPIED_BYTES = 64 << 10;

    /** Where all items are used, so much of a segment stays and the rest makes room: or one write might copy the whole store. */
    private static final double KEPT_SHARE = 15.0 / 16;

    private final SegmentStore store;
    private final Worker worker;
    private final ItemView record;
    private final LargeMove move;

    private @Nullable Segment segment;
    private Rule rule = Rule.DROP_DEAD;

    /** The record that comes next. */
    private int at;

    /** Bytes of the segment that may still stay. */
    private long left;

    private long copiedBefore;
    private long evictedBefore;

    /** What is left of the slice. */
    private int records;

    private long copiedMax;

    Drain(SegmentStore store, Worker worker) {
        this.store = store;
        this.worker = worker;
        record = new ItemView(store.segments);
        move = new LargeMove(store, worker);
    }

    /** Another segment; the one before is empty. */
    void start(Segment full, Rule itsRule) {
        segment = full;
        rule = itsRule;
        at = 0;
        left = (long) (store.segments.segmentBytes() * KEPT_SHARE);
        copiedBefore = worker.counters.get(Counters.Kind.COPIED_BYTES);
        evictedBefore = worker.counters.get(Counters.Kind.EVICTED);
    }

    /** What is being emptied. */
    @Nullable
    Segment segment() {
        return segment;
    }

    Rule rule() {
        return rule;
    }

    /** Since the start. */
    long copiedBytes() {
        return worker.counters.get(Counters.Kind.COPIED_BYTES) - copiedBefore;
    }

    /** Since the start. */
    long evicted() {
        return worker.counters.get(Counters.Kind.EVICTED) - evictedBefore;
    }

    void beginSlice() {
        records = SLICE_RECORDS;
        copiedMax = worker.counters.get(Counters.Kind.COPIED_BYTES) + SLICE_COPIED_BYTES;
    }

    /** Goes on until the slice is used up; answers whether the segment is done, so that another one may start. */
    boolean goOn() {
        Segment full = segment;
        while (full != null && hasMore(full)) {
            if (records == 0 || worker.counters.get(Counters.Kind.COPIED_BYTES) >= copiedMax) {
                return false;
            }
            if (move.isUnderWay()) {
                move.goOn(rule);
            } else {
                records--;
                settleNext(full);
            }
        }
        segment = null;
        return true;
    }

    /** A full segment gets nothing new, so nothing can be left behind the last live record. */
    private boolean hasMore(Segment full) {
        return move.isUnderWay() || (at < full.writtenBytes() && full.liveRecords() > 0);
    }

    private void settleNext(Segment full) {
        int here = at;
        int bytes = load(full, here);
        at = here + bytes; // before anything can fail, or whoever goes on would fail again
        if (!settle(full, here, bytes)) {
            move.start();
            at = here; // once more: a touch meanwhile may list the same parts in a new record
        }
    }

    /** Loads the probe with the key or hash of the record; answers the record's bytes. */
    private int load(Segment full, int offset) {
        if (isPart(full, offset)) {
            worker.probe.load(full.memory.getLong(offset + PartLayout.HASH));
            return ItemView.partBytes(full, offset);
        }
        record.load(full, offset);
        worker.probe.load(full.memory, record.keyAt, record.keyBytes);
        return record.recordBytes;
    }

    private static boolean isPart(Segment full, int offset) {
        return ItemLayout.keyBytes(full.memory.getInt(offset)) == 0;
    }

    /** Finds the live item the record belongs to, as the worker's. Under the stripe. */
    private boolean findOwner(Segment full, int offset) {
        long location = Slot.location(full.id, offset);
        if (isPart(full, offset)) {
            return worker.findOwner(location);
        }
        if (!store.index.findLocation(worker.probe, location)) {
            return false;
        }
        worker.item.load(location);
        return true;
    }

    /** False if the record's item stays and is large. */
    private boolean settle(Segment full, int offset, int bytes) {
        worker.lock();
        try {
            return !findOwner(full, offset) || settleSmall(bytes);
        } finally {
            worker.unlock();
        }
    }

    /** Decides the item found and carries it out; false if it stays and is large: that takes longer than a stripe is held. */
    private boolean settleSmall(int bytes) {
        if (worker.isDead(worker.item)) {
            worker.removeDead();
            return true;
        }
        if (!stays(bytes)) {
            worker.evict();
            return true;
        }
        if (worker.item.parts > 0) {
            return false;
        }
        worker.next.keepAll(worker.item);
        worker.next.sameValue(worker.item);
        if (worker.takeRoomForVersion(true)) {
            worker.counters.add(Counters.Kind.COPIED_BYTES, worker.room.bytes);
            worker.publish(true, rule.usesLeft(Slot.uses(store.index.current(worker.probe))));
        } else {
            worker.evict();
        }
        return true;
    }

    /** @param bytes of its record, or part, in the segment */
    private boolean stays(int bytes) {
        return switch (rule) {
            case DROP_DEAD, KEEP_LIVE -> true;
            case KEEP_NONE -> false;
            case KEEP_USED -> {
                boolean stays = Slot.uses(worker.probe.slot) > 0 && bytes <= left;
                left -= stays ? bytes : 0;
                yield stays;
            }
        };
    }
}
