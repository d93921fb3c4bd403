package io.larder.storage;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The store's own thread: reclaims before writers run out of room, and once a second what has died.
 *
 * <p>A daemon: a store that nobody closes does not keep the JVM alive.
 */
final class Keeper implements Runnable, AutoCloseable {
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DROPPED_BYTES_MIN = 4 << 20;
    private static final long DROPPED_BYTES_MAX = 16 << 20;
    private static final int DROPPED_SHARE = 32;
    private static final int DROPPED_SHARE_LARGE = 128;
    private static final System.Logger LOG = System.getLogger(Keeper.class.getName());

    private final SegmentStore store;
    private final Thread thread = new Thread(this, "larder-store");
    private volatile boolean closed;
    private long droppedBytes;

    private Keeper(SegmentStore store) {
        this.store = store;
        thread.setDaemon(true);
    }

    static Keeper start(SegmentStore store) {
        Keeper keeper = new Keeper(store);
        store.segments.onLow(keeper::wake);
        keeper.thread.start();
        return keeper;
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        long turn = System.nanoTime();
        while (!closed) {
            try {
                if (System.nanoTime() - turn >= 0) {
                    turn = System.nanoTime() + TURN_NANOS;
                    store.maintain();
                }
                store.reclaimDied();
                store.refill();
                returnDropped();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "reclaiming failed; writers reclaim for themselves", e);
            }
            LockSupport.parkNanos(TURN_NANOS);
        }
    }

    /** A store was made smaller: the JVM returns pages when it collects the buffers they were used for, and has no other reason to. */
    private void returnDropped() {
        droppedBytes += store.memory.takeDroppedBytes();
        long limit = store.ledger.limit();
        long share = Math.min(limit / DROPPED_SHARE, DROPPED_BYTES_MAX);
        if (droppedBytes >= Math.max(DROPPED_BYTES_MIN, Math.max(share, limit / DROPPED_SHARE_LARGE))) {
            droppedBytes = 0;
            System.gc();
        }
    }

    /** Ends the thread and waits for it, unless the caller is interrupted. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
