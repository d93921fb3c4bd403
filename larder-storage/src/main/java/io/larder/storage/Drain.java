package io.larder.storage;

/**
 * Goes over the records of a sealed segment and empties it: dead records are passed over, live items are copied or evicted,
 * by a rule. Confined to the reclaimer.
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
        KEEP_NONE
    }

    /** Where all items are used, so much of a segment stays and the rest makes room: or one write might copy the whole store. */
    private static final double KEPT_SHARE = 15.0 / 16;

    private final SegmentStore store;
    private final Worker worker;
    private final ItemView record;

    /** Bytes of the segment that may still stay. */
    private long left;

    Drain(SegmentStore store, Worker worker) {
        this.store = store;
        this.worker = worker;
        record = new ItemView(store.segments);
    }

    void run(Segment segment, Rule rule) {
        left = (long) (store.segments.segmentBytes() * KEPT_SHARE);
        for (int at = 0; at < segment.writtenBytes(); ) {
            int bytes = load(segment, at);
            drain(segment, at, bytes, rule);
            at += bytes;
        }
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

    private void drain(Segment segment, int at, int bytes, Rule rule) {
        boolean moveLarge = true;
        while (moveLarge) { // again: a touch meanwhile may have listed the same parts in a new record
            worker.lock();
            try {
                moveLarge = findOwner(segment, at) && !settleSmall(bytes, rule);
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
    private boolean settleSmall(int bytes, Rule rule) {
        if (worker.isDead(worker.item)) {
            worker.removeDead();
            return true;
        }
        if (!stays(bytes, rule)) {
            worker.evict();
            return true;
        }
        if (worker.item.parts > 0) {
            return false;
        }
        prepare();
        if (worker.takeRoomForVersion(true)) {
            worker.counters.add(Counters.Kind.COPIED_BYTES, worker.room.bytes);
            worker.publish(true, usesLeft(rule));
        } else {
            worker.evict();
        }
        return true;
    }

    /** @param bytes of its record, or part, in the segment */
    private boolean stays(int bytes, Rule rule) {
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

    /** Half of them, so that what is not used any more goes after two more chances at most. */
    private int usesLeft(Rule rule) {
        int uses = Slot.uses(store.index.current(worker.probe));
        return rule == Rule.KEEP_USED ? uses / 2 : uses;
    }

    private void prepare() {
        worker.next.keepAll(worker.item);
        worker.next.sameValue(worker.item);
    }

    /** Copies the parts without the stripe, then repoints the slot if the item is still there. */
    private void moveLarge(Rule rule) {
        long location = worker.item.location();
        prepare();
        boolean complete = writeParts();
        // from a part the probe knows the hash only, but the record needs the key
        worker.probe.load(worker.item.segment.memory, worker.item.keyAt, worker.item.keyBytes);
        worker.lock();
        try {
            if (store.index.findLocation(worker.probe, location)) {
                worker.item.load(location);
                worker.next.keepAll(worker.item); // it may have been touched meanwhile
                if (complete && !worker.isDead(worker.item) && worker.takeRoomForVersion(true)) {
                    worker.publish(true, usesLeft(rule));
                } else {
                    worker.evict();
                }
            }
        } finally {
            worker.unlock();
        }
        worker.endParts();
    }

    private boolean writeParts() {
        for (int from = 0; from < worker.next.valueBytes; ) {
            int written = worker.writePart(from, true);
            if (written < 0) {
                return false;
            }
            worker.counters.add(Counters.Kind.COPIED_BYTES, written);
            from += written;
        }
        return true;
    }
}
