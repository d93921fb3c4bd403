package io.larder.storage;

import java.nio.ByteBuffer;

/**
 * The calls of a session that change what is said of a value and leave the value, or drop it: TTL and marks. Confined to the session's
 * thread.
 *
 * <p>In place where the record has room for the change; else another record is written, which shares the parts of a large value.
 */
final class Rewriting {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SegmentStore store;
    private final Worker worker;
    private final Storing storing;
    private final RoomMaker rooms;

    Rewriting(SegmentStore store, Worker worker, Storing storing, RoomMaker rooms) {
        this.store = store;
        this.worker = worker;
        this.storing = storing;
        this.rooms = rooms;
    }

    /** Gives the key's item a new TTL, in place where its record has room for that, and counts the use. */
    boolean touch(long ttlSeconds) {
        boolean roomless = false;
        while (true) {
            worker.lock();
            try {
                if (!worker.findLive()) {
                    return false;
                }
                if (ttlSeconds < 0) {
                    worker.remove();
                    return true;
                }
                long deadline = StoreClock.deadline(worker.now, ttlSeconds);
                if (worker.setDeadline(deadline) || rewrite(deadline)) {
                    return true;
                }
                if (roomless) {
                    worker.remove(); // a miss is better than an item that outlives what was said
                    return true;
                }
            } finally {
                worker.next.clear();
                worker.unlock();
            }
            roomless = !rooms.make();
        }
    }

    /** Marks the key's item stale, with a new token. */
    Outcome markStale(long ttlSeconds, long token) {
        return change(ttlSeconds, token, item -> {
            keepValue(item);
            worker.next.marks = (worker.next.marks | ItemLayout.STALE) & ~ItemLayout.WON;
            worker.next.cas = storing.takeToken();
        });
    }

    /** Drops the value of the key's item, and of the rest all but its token; with {@code stale} that as well. */
    Outcome dropValue(int flags, long ttlSeconds, long token, boolean stale) {
        return change(ttlSeconds, token, item -> {
            NewItem next = worker.next;
            next.keepHeader(item);
            next.value(NOTHING);
            next.flags = flags;
            next.marks |= stale ? ItemLayout.STALE : 0;
            next.accessSeconds = worker.now;
            next.cas = stale ? storing.takeToken() : storing.keepToken(item.cas);
        });
    }

    /** Fills {@link Worker#next} with what an item becomes. */
    private interface Change {
        void of(ItemView item);
    }

    private Outcome change(long ttlSeconds, long token, Change change) {
        while (true) {
            worker.lock();
            try {
                if (!worker.findLive()) {
                    return Outcome.NOT_FOUND;
                }
                ItemView item = worker.item;
                if (token != Storing.ANY_TOKEN && item.cas != token) {
                    return Outcome.EXISTS;
                }
                if (ttlSeconds < 0 && ttlSeconds != ItemStore.KEEP_TTL) {
                    worker.remove();
                    return Outcome.STORED;
                }
                change.of(item);
                if (ttlSeconds != ItemStore.KEEP_TTL) {
                    worker.next.deadline = StoreClock.deadline(worker.now, ttlSeconds);
                }
                if (rewrite()) {
                    return Outcome.STORED;
                }
            } finally {
                worker.next.clear();
                worker.unlock();
            }
            if (!rooms.make()) {
                return Outcome.NO_MEMORY;
            }
        }
    }

    /** Makes the item found the one its asker loads anew, if it is nobody's yet. */
    boolean win(long token) {
        worker.lock();
        try {
            if (!worker.findLive() || worker.item.cas != token || worker.item.isWon()) {
                return false;
            }
            worker.item.mark(ItemLayout.WON);
            return true;
        } finally {
            worker.unlock();
        }
    }

    private boolean rewrite(long deadline) {
        keepValue(worker.item);
        worker.next.deadline = deadline;
        if (!rewrite()) {
            return false;
        }
        worker.item.deadline = deadline; // the caller shows what was found, with its new TTL
        return true;
    }

    private void keepValue(ItemView item) {
        worker.next.keepAll(item);
        worker.next.sameValue(item);
        worker.next.keepParts(item);
    }

    /** Writes another header for the same value. Under the stripe. */
    private boolean rewrite() {
        if (!worker.takeRoomForVersion(false)) {
            return false;
        }
        worker.publish(true, Slot.uses(store.index.current(worker.probe)));
        return true;
    }
}
