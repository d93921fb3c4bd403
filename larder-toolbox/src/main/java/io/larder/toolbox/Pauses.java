package io.larder.toolbox;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where those wait who found a lock held: for a while, or until a holder in this process gives one up. Waking may come for
 * another key; who wakes looks again. Thread-safe.
 */
class Pauses {
    static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();

    /** Waits so long at most. */
    @SuppressWarnings("WaitNotInLoop") // who wakes for nothing looks, and waits again
    void pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long unused = released.awaitNanos(nanos);
        } finally {
            lock.unlock();
        }
    }

    /** Wakes those who wait. */
    void wake() {
        lock.lock();
        try {
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
