package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One look at the store, and load if need be, that all callers of a key share.
 *
 * <pre>
 *   leader   ── read ── load ── land ── store ──────────►  (map entry removed)
 *   waiter        └─ join ─ wait ──┘ same value or failure
 *   invalidate        └─ overtake: never stored; or waits while it is being stored, then removes
 * </pre>
 *
 * <p>Confined to its leader until it lands; {@link #overtake} and {@link #await} may be called by any thread.
 */
final class Flight<V extends @Nullable Object> {
    /** How the gets that take part are counted. */
    enum Kind {
        HIT,
        MISS,
        UNAVAILABLE
    }

    private final Thread leader = Thread.currentThread();
    private final CountDownLatch landed = new CountDownLatch(1); // publishes the three fields below
    private Kind kind = Kind.MISS;
    private @Nullable Object value;
    private @Nullable Throwable failure;

    private final ReentrantLock storing = new ReentrantLock();

    @GuardedBy("storing")
    private boolean overtaken;

    Thread leader() {
        return leader;
    }

    boolean hasLanded() {
        return landed.getCount() == 0;
    }

    /** By the leader: what the read was. */
    void read(Kind outcome) {
        kind = outcome;
    }

    /** By the leader: lets the waiters go on with this value. */
    void land(V result) {
        value = result;
        landed.countDown();
    }

    /** By the leader: fails the waiters, unless they have their value already. */
    void crash(Throwable cause) {
        if (!hasLanded()) {
            failure = cause;
            landed.countDown();
        }
    }

    /** By the leader: runs the write, unless an invalidation or a put came after the flight began. */
    void store(Runnable write) {
        storing.lock();
        try {
            if (!overtaken) {
                write.run();
            }
        } finally {
            storing.unlock();
        }
    }

    /** Keeps the flight from storing its value; returns after the write if that has begun. */
    void overtake() {
        storing.lock();
        try {
            overtaken = true;
        } finally {
            storing.unlock();
        }
    }

    void await() throws InterruptedException {
        landed.await();
    }

    /** After landing. */
    Kind kind() {
        return kind;
    }

    /** After landing: the load ended because its own thread was interrupted, which is no verdict on the value. */
    boolean wasInterrupted() {
        return failure instanceof InterruptedException;
    }

    /**
     * After landing: the value.
     *
     * @throws Exception the leader's own failure, the same instance for every waiter
     */
    V result() throws Exception {
        if (failure instanceof Exception e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return Nulls.cast(value);
    }
}
