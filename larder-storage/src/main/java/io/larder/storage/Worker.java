package io.larder.storage;

import java.nio.ByteBuffer;

/**
 * What one thread works with: the key it looks for, the item it found, the record it writes. Confined to that thread.
 *
 * <p>Methods that change slots are called under the stripe of the probe's chunk.
 */
final class Worker {
    private final SegmentStore store;
    private final int lane;

    final Counters counters;
    final Probe probe;
    final ItemView item;
    final Room room = new Room();
    final NewItem next = new NewItem();

    /** Second of the store's clock, read when the call began. */
    long now;

    Worker(SegmentStore store, int lane) {
        this.store = store;
        this.lane = lane;
        counters = store.board.open();
        probe = new Probe(store.seed);
        item = new ItemView(store.segments);
    }

    int chunk() {
        return store.index.chunk(probe);
    }

    void lock() {
        store.stripes.lock(chunk());
    }

    void unlock() {
        store.stripes.unlock(chunk());
    }

    /** Finds the key's item and reads its header; it may be dead. */
    boolean find() {
        if (!store.index.find(probe)) {
            return false;
        }
        item.load(Slot.location(probe.slot));
        item.now = now;
        return true;
    }

    boolean isDead(ItemView found) {
        return StoreClock.isOver(found.deadline, now) || store.flushed.covers(found.segment);
    }

    /** Finds the key's live item; a dead one is removed on the way. */
    boolean findLive() {
        if (!find()) {
            return false;
        }
        if (isDead(item)) {
            counters.add(
                    store.flushed.covers(item.segment) ? Counters.Kind.FOUND_FLUSHED : Counters.Kind.FOUND_EXPIRED, 1);
            removeDead();
            return false;
        }
        return true;
    }

    void removeDead() {
        remove();
        counters.add(Counters.Kind.RECLAIMED, 1);
        counters.add(Counters.Kind.EXPIRED_UNFETCHED, item.has(ItemLayout.FETCHED) ? 0 : 1);
    }

    void evict() {
        ItemWalk.Visitor watcher = store.evictions;
        if (watcher != null) {
            show(watcher);
        }
        remove();
        item.now = now;
        store.evictedIdleSeconds = item.idleSeconds();
        counters.add(Counters.Kind.EVICTED_MORTAL, item.deadline == StoreClock.NEVER ? 0 : 1);
        counters.add(Counters.Kind.EVICTED, 1);
        counters.add(Counters.Kind.EVICTED_UNFETCHED, item.has(ItemLayout.FETCHED) ? 0 : 1);
    }

    private void show(ItemWalk.Visitor watcher) {
        ByteBuffer key = ByteBuffer.allocate(item.keyBytes);
        key.put(0, item.segment.memory, item.keyAt, item.keyBytes);
        item.now = store.clock.seconds();
        watcher.visit(key, item);
    }

    /** Removes the item found. */
    void remove() {
        store.index.remove(probe);
        counters.add(Counters.Kind.ITEMS, -1);
        counters.add(Counters.Kind.ITEM_BYTES, -bury(true));
    }

    /** Takes room for {@link #next}, a new item, whose parts are written already if it is large. */
    boolean takeRoom(boolean urgent) {
        int bytes = next.recordBytes(probe.keyBytes, now);
        return fits(bytes) && store.log.take(room, lane, band(), lifetime(), now, bytes, bytes, urgent);
    }

    /**
     * Takes room for {@link #next}, a version of {@link #item}; false also if that was flushed meanwhile: the room lies behind
     * the cut, and what is flushed must not come back there.
     */
    boolean takeRoomForVersion(boolean urgent) {
        if (!takeRoom(urgent)) {
            return false;
        }
        if (store.flushed.covers(item.segment)) {
            next.write(room, probe, now); // no slot leads to it, but who reads the segment must find a record
            room.segment.writerDone();
            return false;
        }
        return true;
    }

    /** Whether the list of parts fits in a segment; not if others left us only scraps of many. */
    boolean hasFittingList() {
        return fits(next.recordBytes(probe.keyBytes, now));
    }

    private boolean fits(int bytes) {
        return bytes <= store.segments.segmentBytes();
    }

    boolean isLarge() {
        return next.wholeBytes(probe.keyBytes, now) > store.geometry.largeBytes();
    }

    /** Writes one more part of {@link #next} from value byte {@code from} on; answers its bytes, or -1 without room. */
    int writePart(int from, boolean urgent) {
        int bytesMax = ItemLayout.aligned(
                PartLayout.HEADER_BYTES + Math.min(next.valueBytes - from, store.segments.segmentBytes()));
        int bytesMin = Math.min(bytesMax, store.geometry.partBytesMin());
        if (!store.log.take(room, lane, band(), lifetime(), now, bytesMin, bytesMax, urgent)) {
            return -1;
        }
        return next.writePart(room, probe.hash, from);
    }

    /** Parts lie among items of the size of the whole. */
    private int band() {
        return Worth.band(next.wholeBytes(probe.keyBytes, now));
    }

    private int lifetime() {
        return store.geometry.lifetime(next.deadline == StoreClock.NEVER ? 0 : Math.max(1, next.deadline - now));
    }

    /** Ends the writing of parts: those not published stay as dead bytes in their segments. */
    void endParts() {
        if (!next.sharesParts()) {
            for (int i = 0; i < next.partCount(); i++) {
                store.segments.at(Slot.segment(next.part(i))).writerDone();
            }
        }
        next.dropParts();
    }

    /**
     * Writes {@link #next} into the room taken and makes it what the key shows.
     *
     * @param present whether the probe found the version that this one replaces, which is then {@link #item}
     */
    void publish(boolean present, int uses) {
        next.write(room, probe, now);
        long deadline = next.deadline == StoreClock.NEVER ? Long.MAX_VALUE : next.deadline;
        int bytes = markLive(room.segment, room.bytes, deadline);
        for (int i = 0; i < next.partCount() && !next.sharesParts(); i++) {
            Segment holder = store.segments.at(Slot.segment(next.part(i)));
            bytes += markLive(holder, ItemView.partBytes(holder, Slot.offset(next.part(i))), deadline);
        }
        if (present) {
            store.index.replace(probe, uses, room.location());
            bytes -= bury(!next.sharesParts());
        } else {
            store.index.insert(probe, uses, room.location());
            counters.add(Counters.Kind.ITEMS, 1);
        }
        counters.add(Counters.Kind.ITEM_BYTES, bytes);
        room.segment.writerDone();
        endParts();
    }

    private static int markLive(Segment segment, int bytes, long deadline) {
        segment.addLive(1, bytes);
        segment.raiseLastDeadline(deadline);
        return bytes;
    }

    /** Takes the item found out of its segments' accounts, after its slot is gone; answers its bytes. */
    private int bury(boolean withParts) {
        int bytes = item.recordBytes;
        bury(item.segment, bytes);
        for (int i = 0; i < item.parts && withParts; i++) {
            long part = item.part(i);
            Segment holder = store.segments.at(Slot.segment(part));
            int partBytes = ItemView.partBytes(holder, Slot.offset(part));
            bury(holder, partBytes);
            bytes += partBytes;
        }
        return bytes;
    }

    private void bury(Segment segment, int bytes) {
        if (segment.addDead(1, bytes)) {
            store.segmentDied();
        }
    }

    /** Counts a use of the item found. Needs no stripe. */
    void use() {
        store.index.use(probe);
        if (!item.has(ItemLayout.FETCHED)) {
            item.mark(ItemLayout.FETCHED);
        }
        item.setAccess(now);
    }

    /** Gives the item found another deadline where it lies; false where its record has no room for that. */
    boolean setDeadline(long deadline) {
        if (!item.canHold(deadline)) {
            return false;
        }
        long last = deadline == StoreClock.NEVER ? Long.MAX_VALUE : deadline;
        item.segment.raiseLastDeadline(last);
        for (int i = 0; i < item.parts; i++) {
            store.segments.at(Slot.segment(item.part(i))).raiseLastDeadline(last);
        }
        item.setDeadline(deadline);
        return true;
    }

    /** Whether a slot still leads to this part; its item is then {@link #item}, found by the hash alone. */
    boolean findOwner(long part) {
        for (int n = 0; n < 2 * Index.BUCKET_SLOTS; n++) {
            long slot = store.index.candidate(probe, n);
            if (slot != Slot.EMPTY) {
                item.load(Slot.location(slot));
                for (int i = 0; i < item.parts; i++) {
                    if (item.part(i) == part) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    void close() {
        store.board.close(counters);
    }
}
