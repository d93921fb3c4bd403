package io.larder.storage;

import org.jspecify.annotations.Nullable;

/**
 * Goes over the records of a sealed segment and empties it: dead records are passed over, live items are copied to the main
 * queue or evicted, by a rule. Confined to the reclaimer.
 *
 * <p>A large item moves or goes as a whole, whichever of its records is met first.
 */
final class Drain {
    /** What becomes of the live items. */
    enum Rule {
        /** There are none, only dead ones that still have slots; a live one, raised by a touch just now, stays. */
        DROP_DEAD,
        KEEP_LIVE,
        PROMOTE_USED,
        KEEP_WORTHY,
        /** The last resort. */
        KEEP_NONE
    }

    private final SegmentStore store;
    private final Worker worker;
    private final ItemView record;
    private final Survivors survivors = new Survivors();

    Drain(SegmentStore store, Worker worker) {
        this.store = store;
        this.worker = worker;
        record = new ItemView(store.segments);
    }

    void run(Segment segment, Rule rule) {
        for (int at = 0; at < segment.writtenBytes(); ) {
            int bytes = load(segment, at);
            drain(segment, at, rule);
            at += bytes;
        }
    }

    /** Prepares {@link Rule#KEEP_WORTHY} for a batch: at least one segment of it is gained. */
    void weigh(@Nullable Segment[] batch, int count, boolean bySize) {
        survivors.begin(bySize);
        for (int i = 0; i < count; i++) {
            Segment segment = batch[i];
            for (int at = 0; segment != null && at < segment.writtenBytes(); ) {
                int bytes = load(segment, at);
                weigh(segment, at, bytes);
                at += bytes;
            }
        }
        long keep = (long) store.segments.segmentBytes() * (count == 1 ? 1 : count - 1);
        survivors.decide(count == 1 ? keep / 2 : keep);
    }

    /** Loads the probe with the key or hash of the record; answers the record's bytes. */
    private int load(Segment segment, int at) {
        if (isPart(segment, at)) {
            worker.probe.load(segment.memory.getLong(at + PartLayout.HASH));
            return ItemView.partBytes(segment, at);
        }
        record.load(segment, at);
        worker.probe.load(segment.memory, record.keyAt, record.keyBytes);
        return record.recordBytes;
    }

    private static boolean isPart(Segment segment, int at) {
        return ItemLayout.keyBytes(segment.memory.getInt(at)) == 0;
    }

    /** Finds the live item the record belongs to, as the worker's. Under the stripe. */
    private boolean findOwner(Segment segment, int at) {
        long location = Slot.location(segment.id, at);
        if (isPart(segment, at)) {
            return worker.findOwner(location);
        }
        if (!store.index.findLocation(worker.probe, location)) {
            return false;
        }
        worker.item.load(location);
        return true;
    }

    private void weigh(Segment segment, int at, int bytes) {
        worker.lock();
        try {
            if (findOwner(segment, at) && !worker.isDead(worker.item)) {
                survivors.weigh(Slot.uses(worker.probe.slot), worker.item.totalBytes(), bytes);
            }
        } finally {
            worker.unlock();
        }
    }

    private void drain(Segment segment, int at, Rule rule) {
        boolean moveLarge = true;
        while (moveLarge) { // again: a touch meanwhile may have listed the same parts in a new record
            worker.lock();
            try {
                moveLarge = findOwner(segment, at) && !settleSmall(rule);
            } finally {
                worker.unlock();
            }
            if (moveLarge) {
                moveLarge(rule);
                load(segment, at);
            }
        }
    }

    /** Decides the item found and carries it out; false if it stays and is large: that takes longer than a stripe is held. */
    private boolean settleSmall(Rule rule) {
        if (worker.isDead(worker.item)) {
            worker.removeDead();
            return true;
        }
        if (!stays(rule)) {
            evict(rule);
            return true;
        }
        if (worker.item.parts > 0) {
            return false;
        }
        prepare();
        if (worker.takeRoomForVersion(toMain(rule), true)) {
            worker.counters.add(Counters.Kind.COPIED_BYTES, worker.room.bytes);
            worker.publish(true, usesLeft(rule));
        } else {
            evict(rule);
        }
        return true;
    }

    private boolean stays(Rule rule) {
        int uses = Slot.uses(worker.probe.slot);
        return switch (rule) {
            case DROP_DEAD, KEEP_LIVE -> true;
            case PROMOTE_USED -> uses >= store.policy.usesToPromote();
            case KEEP_NONE -> false;
            case KEEP_WORTHY -> survivors.stays(uses, worker.item.totalBytes());
        };
    }

    /** Squeezing out dead bytes does not change an item's queue. */
    private boolean toMain(Rule rule) {
        return worker.item.segment.main || rule == Rule.PROMOTE_USED;
    }

    private int usesLeft(Rule rule) {
        int uses = Slot.uses(store.index.current(worker.probe));
        return switch (rule) {
            case DROP_DEAD, KEEP_LIVE -> uses;
            case PROMOTE_USED, KEEP_NONE -> 0;
            case KEEP_WORTHY -> Math.max(0, uses - 1);
        };
    }

    private void evict(Rule rule) {
        worker.evict();
        if (rule == Rule.PROMOTE_USED) {
            store.ghosts.add(worker.probe);
        }
    }

    private void prepare() {
        worker.next.keepAll(worker.item);
        worker.next.sameValue(worker.item);
    }

    /** Copies the parts without the stripe, then repoints the slot if the item is still there. */
    private void moveLarge(Rule rule) {
        long location = worker.item.location();
        prepare();
        boolean complete = writeParts(toMain(rule));
        // from a part the probe knows the hash only, but the record needs the key
        worker.probe.load(worker.item.segment.memory, worker.item.keyAt, worker.item.keyBytes);
        worker.lock();
        try {
            if (store.index.findLocation(worker.probe, location)) {
                worker.item.load(location);
                worker.next.keepAll(worker.item); // it may have been touched meanwhile
                if (complete && !worker.isDead(worker.item) && worker.takeRoomForVersion(toMain(rule), true)) {
                    worker.publish(true, usesLeft(rule));
                } else {
                    evict(rule);
                }
            }
        } finally {
            worker.unlock();
        }
        worker.endParts();
    }

    private boolean writeParts(boolean main) {
        for (int from = 0; from < worker.next.valueBytes; ) {
            int written = worker.writePart(from, main, true);
            if (written < 0) {
                return false;
            }
            worker.counters.add(Counters.Kind.COPIED_BYTES, written);
            from += written;
        }
        return true;
    }
}
