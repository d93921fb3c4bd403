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
    private static final long DROPPED_BYTES_MAX = 16 << 20;
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
                    returnDropped();
                }
                store.reclaimDied();
                store.refill();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "reclaiming failed; writers reclaim for themselves", e);
            }
            LockSupport.parkNanos(TURN_NANOS);
        }
    }

    /** The JVM returns a buffer's pages when it collects the buffer, for which a quiet store gives it no reason. */
    private void returnDropped() {
        droppedBytes += store.segments.takeDroppedBytes();
        if (droppedBytes >= Math.max(DROPPED_BYTES_MAX, store.ledger.limit() / 16)) {
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
