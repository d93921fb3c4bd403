package io.larder.storage;

import org.jspecify.annotations.Nullable;

/**
 * Writes items whose values are cut into parts. Confined to the session's thread.
 *
 * <p>The parts are written first, which may take long; then, under the stripe, the item that lists them, if what was assumed
 * still holds.
 */
final class LargeStoring {
    private final SegmentStore store;
    private final Worker worker;
    private final Storing storing;
    private final RoomMaker rooms;

    LargeStoring(SegmentStore store, Worker worker, Storing storing, RoomMaker rooms) {
        this.store = store;
        this.worker = worker;
        this.storing = storing;
        this.rooms = rooms;
    }

    /** As {@link Storing#store}, for {@link Worker#next}; null to try again. */
    @Nullable
    Outcome tryStore(StoreMode mode, long ttlSeconds, long token) {
        store.segments.reserveFor(worker.next.valueBytes);
        if (!ensureRoom(worker.next.valueBytes) || !writeParts(false) || !worker.hasFittingList()) {
            worker.endParts();
            return Outcome.NO_MEMORY;
        }
        worker.lock();
        try {
            boolean present = worker.findLive();
            Outcome refusal = storing.refusal(mode, present, token);
            if (refusal == null && ttlSeconds < 0) {
                refusal = storing.storeNothing(present);
            }
            if (refusal != null) {
                worker.endParts();
                return refusal;
            }
            if (storing.publish(present)) {
                return Outcome.STORED;
            }
        } finally {
            worker.unlock();
        }
        worker.endParts();
        return rooms.make() ? null : Outcome.NO_MEMORY;
    }

    /**
     * {@link Worker#next} is a new version of {@link Worker#item} and large: writes it outside the stripe, and publishes if
     * the item is still what it was. Null to try again.
     */
    @Nullable
    Outcome tryVersion() {
        long location = worker.item.location();
        long cas = worker.item.cas;
        int word = worker.item.word & ~ItemLayout.FETCHED;
        long deadline = worker.item.deadline;
        store.segments.reserveFor(worker.next.valueBytes);
        if (!ensureRoom(worker.next.valueBytes)) {
            return Outcome.NO_MEMORY;
        }
        worker.lock();
        try {
            if (!worker.findLive() || worker.item.location() != location || worker.item.cas != cas) {
                return null; // making room took the item away: start over
            }
        } finally {
            worker.unlock();
        }
        boolean complete = writeParts(true);
        if (!complete || !worker.hasFittingList()) {
            worker.endParts();
            return !complete && rooms.make() ? null : Outcome.NO_MEMORY;
        }
        worker.lock();
        try {
            if (worker.findLive()
                    && worker.item.location() == location
                    && (worker.item.word & ~ItemLayout.FETCHED) == word
                    && worker.item.deadline == deadline
                    && storing.publish(true)) {
                return Outcome.STORED;
            }
        } finally {
            worker.unlock();
        }
        worker.endParts();
        return rooms.make() ? null : Outcome.NO_MEMORY;
    }

    /** @param reading whether the value comes from an item, which must not go away: no room is made then */
    private boolean writeParts(boolean reading) {
        NewItem next = worker.next;
        int written = 0;
        while (written < next.valueBytes) {
            int part = worker.writePart(written, false);
            if (part >= 0) {
                written += part;
            } else if (reading || !rooms.make()) {
                return false;
            }
        }
        return true;
    }

    private boolean ensureRoom(long bytes) {
        long needed = bytes / store.segments.segmentBytes() + 2;
        return store.segments.available() >= needed || rooms.make(needed);
    }
}
