package io.larder.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a session that write a value. Confined to the session's thread.
 *
 * <p>Small items are written under their stripe in one go. A large value is written as parts first; then, under the stripe,
 * the item that lists them, if what was assumed still holds.
 */
final class Storing {
    private static final long ANY_TOKEN = 0;

    private final SegmentStore store;
    private final Worker worker;
    private final Guard guard;
    private final ByteBuffer empty = ByteBuffer.allocate(0);

    /** Given by the caller for the next item written; 0 for none. */
    private long ownToken;

    /** Of the item written last. */
    private long lastToken;

    /** Whether a comparison with a lower token stores all the same, and marks. */
    private boolean orStale;

    /** Of the item that is stored, from its first moment. */
    private int birthMarks;

    Storing(SegmentStore store, Worker worker, Guard guard) {
        this.store = store;
        this.worker = worker;
        this.guard = guard;
    }

    long lastToken() {
        return lastToken;
    }

    void ownToken(long token) {
        ownToken = token;
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
                        ? tryLarge(mode, ttlSeconds, token)
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
            return tryLargeVersion();
        }
        return makeRoom() ? null : Outcome.NO_MEMORY;
    }

    private @Nullable Outcome refusal(StoreMode mode, boolean present, long token) {
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
    private Outcome storeNothing(boolean present) {
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
        lastToken = ownToken != 0 ? ownToken : store.nextToken();
        next.cas = lastToken;
        next.accessSeconds = worker.now;
        boolean main = present ? worker.item.segment.main : store.ghosts.remove(worker.probe);
        if (!(present ? worker.takeRoomForVersion(main, false) : worker.takeRoom(main, false))) {
            return false;
        }
        long bytes = worker.room.bytes + (next.partCount() == 0 ? 0L : next.valueBytes);
        int uses = present ? Math.min(Slot.USES_MAX, Slot.uses(store.index.current(worker.probe)) + 1) : 0;
        worker.publish(present, uses);
        worker.counters.add(Counters.Kind.STORED, 1);
        tune(present, bytes);
        return true;
    }

    private void tune(boolean present, long bytes) {
        if (!store.tuner.samples(worker.probe)) {
            return;
        }
        if (present) {
            store.tuner.overwrite(worker.probe, bytes);
        } else {
            store.tuner.look(worker.probe, bytes);
        }
    }

    private @Nullable Outcome tryLarge(StoreMode mode, long ttlSeconds, long token) {
        store.segments.reserveFor(worker.next.valueBytes);
        if (!ensureRoom(worker.next.valueBytes) || !writeParts(false) || !worker.hasFittingList()) {
            worker.endParts();
            return Outcome.NO_MEMORY;
        }
        worker.lock();
        try {
            boolean present = worker.findLive();
            Outcome refusal = refusal(mode, present, token);
            if (refusal == null && ttlSeconds < 0) {
                refusal = storeNothing(present);
            }
            if (refusal != null) {
                worker.endParts();
                return refusal;
            }
            if (publish(present)) {
                return Outcome.STORED;
            }
        } finally {
            worker.unlock();
        }
        worker.endParts();
        return makeRoom() ? null : Outcome.NO_MEMORY;
    }

    /**
     * {@link Worker#next} is a new version of {@link Worker#item} and large: writes it outside the stripe, and publishes if
     * the item is still what it was. Null to try again.
     */
    @Nullable
    Outcome tryLargeVersion() {
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
            return !complete && makeRoom() ? null : Outcome.NO_MEMORY;
        }
        worker.lock();
        try {
            if (worker.findLive()
                    && worker.item.location() == location
                    && (worker.item.word & ~ItemLayout.FETCHED) == word
                    && worker.item.deadline == deadline
                    && publish(true)) {
                return Outcome.STORED;
            }
        } finally {
            worker.unlock();
        }
        worker.endParts();
        return makeRoom() ? null : Outcome.NO_MEMORY;
    }

    /** @param reading whether the value comes from an item, which must not go away: no room is made then */
    private boolean writeParts(boolean reading) {
        NewItem next = worker.next;
        int written = 0;
        while (written < next.valueBytes) {
            int part = worker.writePart(written, false, false);
            if (part >= 0) {
                written += part;
            } else if (reading || !makeRoom()) {
                return false;
            }
        }
        return true;
    }

    private boolean ensureRoom(long bytes) {
        long needed = bytes / store.segments.segmentBytes() + 2;
        return store.segments.available() >= needed || makeRoom(needed);
    }

    boolean makeRoom() {
        return makeRoom(1);
    }

    /** Lets go of what was found: it may be what has to leave. */
    private boolean makeRoom(long segments) {
        guard.leave();
        try {
            return store.makeRoom(segments);
        } finally {
            guard.enter();
        }
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
            roomless = !makeRoom();
        }
    }

    /** Marks the key's item stale, with a new token. */
    Outcome markStale(long ttlSeconds, long token) {
        while (true) {
            worker.lock();
            try {
                if (!worker.findLive()) {
                    return Outcome.NOT_FOUND;
                }
                ItemView item = worker.item;
                if (token != ANY_TOKEN && item.cas != token) {
                    return Outcome.EXISTS;
                }
                keepValue(item);
                worker.next.marks = (worker.next.marks | ItemLayout.STALE) & ~ItemLayout.WON;
                lastToken = ownToken != 0 ? ownToken : store.nextToken();
                worker.next.cas = lastToken;
                if (ttlSeconds != ItemStore.KEEP_TTL) {
                    worker.next.deadline = StoreClock.deadline(worker.now, Math.max(1, ttlSeconds));
                }
                if (rewrite()) {
                    return Outcome.STORED;
                }
            } finally {
                worker.next.clear();
                worker.unlock();
            }
            if (!makeRoom()) {
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
        if (!worker.takeRoomForVersion(worker.item.segment.main, false)) {
            return false;
        }
        worker.publish(true, Slot.uses(store.index.current(worker.probe)));
        return true;
    }
}
