package io.larder.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a session that write a value. Confined to the session's thread.
 *
 * <p>Small items are written under their stripe in one go; large ones by {@link LargeStoring}.
 */
final class Storing {
    /** To compare with: any is fine. No item has it. */
    static final long ANY_TOKEN = 0;

    private final SegmentStore store;
    private final Worker worker;
    private final RoomMaker rooms;
    private final LargeStoring large;
    private final ByteBuffer empty = ByteBuffer.allocate(0);

    /** Given by the caller for the next item written; 0 for none. */
    private long ownToken;

    /** Of the item written last. */
    private long lastToken;

    /** Whether a comparison with a lower token stores all the same, and marks. */
    private boolean orStale;

    /** Of the item that is stored, from its first moment. */
    private int birthMarks;

    Storing(SegmentStore store, Worker worker, RoomMaker rooms) {
        this.store = store;
        this.worker = worker;
        this.rooms = rooms;
        large = new LargeStoring(store, worker, this, rooms);
    }

    LargeStoring large() {
        return large;
    }

    long lastToken() {
        return lastToken;
    }

    void ownToken(long token) {
        ownToken = token;
    }

    /** The token of the item about to be written. */
    long takeToken() {
        lastToken = ownToken != 0 ? ownToken : store.nextToken();
        return lastToken;
    }

    /** The token of a new version that keeps its own, unless the caller gave one. */
    long keepToken(long token) {
        lastToken = ownToken != 0 ? ownToken : token;
        return lastToken;
    }

    /** As {@link #store}, but storing stale what comes too late. */
    Outcome storeOrStale(ByteBuffer value, int flags, long ttlSeconds, long token) {
        orStale = true;
        try {
            return store(StoreMode.SET, value, flags, ttlSeconds, token);
        } finally {
            orStale = false;
        }
    }

    /** Adds an empty item that its maker has won. */
    Outcome vivify(long ttlSeconds) {
        birthMarks = ItemLayout.WON;
        try {
            return store(StoreMode.ADD, empty, 0, ttlSeconds, ANY_TOKEN);
        } finally {
            birthMarks = 0;
        }
    }

    /** @param token to compare with, or 0 for none */
    Outcome store(StoreMode mode, ByteBuffer value, int flags, long ttlSeconds, long token) {
        boolean extend = mode == StoreMode.APPEND || mode == StoreMode.PREPEND;
        if (value.remaining() > store.config.valueBytesMax()) {
            return refuse(mode, token, Outcome.TOO_LARGE);
        }
        NewItem next = worker.next;
        next.marks = birthMarks;
        next.flags = flags;
        next.deadline = StoreClock.deadline(worker.now, Math.max(0, ttlSeconds));
        next.value(value);
        try {
            Outcome outcome = null;
            while (outcome == null) {
                outcome = !extend && worker.isLarge()
                        ? large.tryStore(mode, ttlSeconds, token)
                        : trySmall(mode, value, ttlSeconds, token);
            }
            return outcome == Outcome.NO_MEMORY ? refuse(mode, token, outcome) : outcome;
        } finally {
            next.clear();
        }
    }

    /** A set that is refused leaves nothing older behind. */
    private Outcome refuse(StoreMode mode, long token, Outcome why) {
        if (mode == StoreMode.SET && token == ANY_TOKEN) {
            worker.lock();
            try {
                if (worker.findLive()) {
                    worker.remove();
                }
            } finally {
                worker.unlock();
            }
        }
        return why;
    }

    /** Null where room had to be made first: try again. */
    private @Nullable Outcome trySmall(StoreMode mode, ByteBuffer value, long ttlSeconds, long token) {
        worker.lock();
        try {
            boolean present = worker.findLive();
            Outcome refusal = refusal(mode, present, token);
            if (refusal != null) {
                return refusal;
            }
            if (mode == StoreMode.APPEND || mode == StoreMode.PREPEND) {
                extend(mode, value);
                if (worker.next.valueBytes > store.config.valueBytesMax()) {
                    return Outcome.TOO_LARGE;
                }
            }
            if (!worker.isLarge()) {
                if (ttlSeconds < 0) {
                    return storeNothing(present);
                }
                if (publish(present)) {
                    return Outcome.STORED;
                }
            }
        } finally {
            worker.unlock();
        }
        if (worker.isLarge()) {
            return large.tryVersion();
        }
        return rooms.make() ? null : Outcome.NO_MEMORY;
    }

    /** Why nothing is to be stored; null where it is. Under the stripe, after the search. */
    @Nullable
    Outcome refusal(StoreMode mode, boolean present, long token) {
        if (token != ANY_TOKEN) {
            if (!present || worker.item.cas == token) {
                return present ? null : Outcome.NOT_FOUND;
            }
            return orStale && keepStale(token) ? null : Outcome.EXISTS;
        }
        if (mode == StoreMode.ADD && present) {
            worker.use(); // as memcached: an add that fails counts as a use
            return Outcome.NOT_STORED;
        }
        return mode != StoreMode.SET && mode != StoreMode.ADD && !present ? Outcome.NOT_STORED : null;
    }

    /** As memcached: what comes late replaces the value, with the TTL and the winner of the newer version. */
    private boolean keepStale(long token) {
        ItemView item = worker.item;
        if (token >= item.cas) {
            return false;
        }
        worker.next.marks |= ItemLayout.STALE | (item.word & ItemLayout.WON);
        worker.next.deadline = item.deadline;
        return true;
    }

    private void extend(StoreMode mode, ByteBuffer addition) {
        worker.next.keepHeader(worker.item);
        if (mode == StoreMode.APPEND) {
            worker.next.append(worker.item, addition);
        } else {
            worker.next.prepend(worker.item, addition);
        }
    }

    /** What is over at once need not be written. */
    Outcome storeNothing(boolean present) {
        if (present) {
            worker.remove();
        }
        worker.counters.add(Counters.Kind.STORED, 1);
        return Outcome.STORED;
    }

    /**
     * Writes {@link Worker#next} as a store of its own, with a new token. Under the stripe; false where there is no room, or the
     * version that it replaces has just been flushed.
     */
    boolean publish(boolean present) {
        NewItem next = worker.next;
        next.cas = takeToken();
        next.accessSeconds = worker.now;
        if (!(present ? worker.takeRoomForVersion(false) : worker.takeRoom(false))) {
            return false;
        }
        int uses = present ? Math.min(Slot.USES_MAX, Slot.uses(store.index.current(worker.probe)) + 1) : 0;
        worker.publish(present, uses);
        worker.counters.add(Counters.Kind.STORED, 1);
        return true;
    }
}
