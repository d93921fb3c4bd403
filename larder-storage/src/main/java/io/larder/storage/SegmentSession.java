package io.larder.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One thread's access to a {@link SegmentStore}: every call, or batch of calls, is announced to the epochs from begin to end. */
final class SegmentSession implements ItemStore.Session {
    private final SegmentStore store;
    private final Worker worker;
    private final Guard guard;
    private final Storing storing;
    private final Rewriting rewriting;
    private final Counting counting;

    /** Whether the calls are announced, and the clock is read, for a whole batch. */
    private boolean inBatch;

    SegmentSession(SegmentStore store, int lane) {
        this.store = store;
        worker = new Worker(store, lane);
        guard = store.epochs.open();
        RoomMaker rooms = new RoomMaker(store, guard);
        storing = new Storing(store, worker, rooms);
        rewriting = new Rewriting(store, worker, storing, rooms);
        counting = new Counting(worker, storing, rooms);
    }

    @Override
    public ItemStore.@Nullable Item get(ByteBuffer key) {
        begin(key);
        boolean found = false;
        try {
            found = findUsed();
            return found ? worker.item : null;
        } finally {
            end(found);
        }
    }

    @Override
    public ItemStore.@Nullable Item look(ByteBuffer key) {
        begin(key);
        boolean found = false;
        try {
            found = findLive();
            return found ? worker.item : null;
        } finally {
            end(found);
        }
    }

    /** The key is still in the probe; the item shown stays as it is for its reader. */
    @Override
    public boolean win() {
        long token = worker.item.cas;
        if (!inBatch) {
            guard.enter();
        }
        try {
            return rewriting.win(token);
        } finally {
            end(true);
        }
    }

    @Override
    public Outcome vivify(ByteBuffer key, long ttlSeconds) {
        begin(key);
        try {
            return storing.vivify(ttlSeconds);
        } finally {
            endStoring();
        }
    }

    @Override
    public void nextToken(long cas) {
        storing.ownToken(cas);
    }

    @Override
    public Outcome compareAndStoreStale(ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
        begin(key);
        try {
            return storing.storeOrStale(value, flags, ttlSeconds, comparable(cas));
        } finally {
            endStoring();
        }
    }

    @Override
    public Outcome compareAndDelete(ByteBuffer key, long cas) {
        begin(key);
        try {
            return delete(cas);
        } finally {
            end(false);
        }
    }

    @Override
    public Outcome markStale(ByteBuffer key, long ttlSeconds, long cas) {
        begin(key);
        try {
            return rewriting.markStale(ttlSeconds, cas);
        } finally {
            endStoring();
        }
    }

    @Override
    public Outcome dropValue(ByteBuffer key, int flags, long ttlSeconds, long cas, boolean stale) {
        begin(key);
        try {
            return rewriting.dropValue(flags, ttlSeconds, cas, stale);
        } finally {
            endStoring();
        }
    }

    @Override
    public ItemStore.@Nullable Item getAndTouch(ByteBuffer key, long ttlSeconds) {
        begin(key);
        boolean found = false;
        try {
            found = rewriting.touch(ttlSeconds);
            countUse(found);
            return found ? worker.item : null;
        } finally {
            end(found);
        }
    }

    @Override
    public boolean touch(ByteBuffer key, long ttlSeconds) {
        begin(key);
        try {
            boolean found = rewriting.touch(ttlSeconds);
            countUse(found);
            return found;
        } finally {
            end(false);
        }
    }

    @Override
    public Outcome store(StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds) {
        begin(key);
        try {
            return storing.store(mode, value, flags, ttlSeconds, Storing.ANY_TOKEN);
        } finally {
            endStoring();
        }
    }

    /** No item has token 0, so a comparison with that fails like any other that does not match. */
    private static long comparable(long cas) {
        return cas == Storing.ANY_TOKEN ? -1 : cas;
    }

    @Override
    public Outcome compareAndStore(
            StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
        begin(key);
        try {
            return storing.store(mode, value, flags, ttlSeconds, comparable(cas));
        } finally {
            endStoring();
        }
    }

    @Override
    public Outcome increment(ByteBuffer key, long delta, long cas) {
        return count(key, delta, false, cas);
    }

    @Override
    public Outcome decrement(ByteBuffer key, long delta, long cas) {
        return count(key, delta, true, cas);
    }

    @Override
    public long token() {
        return storing.lastToken();
    }

    private Outcome count(ByteBuffer key, long delta, boolean down, long cas) {
        begin(key);
        try {
            return counting.count(delta, down, cas);
        } finally {
            endStoring();
        }
    }

    @Override
    public long counter() {
        return counting.result();
    }

    @Override
    public boolean delete(ByteBuffer key) {
        begin(key);
        try {
            return delete(Storing.ANY_TOKEN) == Outcome.STORED;
        } finally {
            end(false);
        }
    }

    private Outcome delete(long token) {
        worker.lock();
        try {
            if (!worker.findLive()) {
                return Outcome.NOT_FOUND;
            }
            if (token != Storing.ANY_TOKEN && worker.item.cas != token) {
                return Outcome.EXISTS;
            }
            worker.remove();
            return Outcome.STORED;
        } finally {
            worker.unlock();
        }
    }

    @Override
    public void flush(long delaySeconds) {
        store.flushed.arrive(store.log);
        store.flushed.set(store.log, delaySeconds);
    }

    @Override
    public void beginBatch() {
        announce();
        inBatch = true;
    }

    @Override
    public void quiesce() {
        inBatch = false;
        guard.leave();
    }

    @Override
    public void close() {
        inBatch = false;
        guard.leave();
        store.epochs.close(guard);
        worker.close();
    }

    private void begin(ByteBuffer key) {
        worker.probe.load(key); // before the announcement: it may refuse the key
        if (!inBatch) {
            announce();
        }
    }

    private void announce() {
        guard.enter();
        store.flushed.arrive(store.log);
        worker.now = store.clock.seconds();
    }

    /** @param handedOut whether the worker's item stays in use until the next call */
    private void end(boolean handedOut) {
        if (inBatch) {
            return; // what was found is protected as long as the batch
        }
        if (handedOut) {
            worker.item.leaveHeld(guard);
        } else {
            guard.leave();
        }
    }

    private void endStoring() {
        storing.ownToken(0);
        end(false);
    }

    private void countUse(boolean found) {
        if (found) {
            worker.use();
        }
    }

    private boolean findLive() {
        if (!worker.find()) {
            return false;
        }
        if (worker.isDead(worker.item)) {
            removeDead();
            return false;
        }
        return true;
    }

    private boolean findUsed() {
        if (!findLive()) {
            return false;
        }
        worker.use();
        return true;
    }

    /** So that what nobody can see is not counted any more; another thread may have stored anew meanwhile. */
    private void removeDead() {
        worker.lock();
        try {
            worker.findLive();
        } finally {
            worker.unlock();
        }
    }
}
