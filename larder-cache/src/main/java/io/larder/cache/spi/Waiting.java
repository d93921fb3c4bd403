package io.larder.cache.spi;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How callers of one key wait for each other: the only places where a thread of the framework stands still, besides its stores.
 * A simulation brings its own, to run one thread at a time in the order it draws. Thread-safe.
 */
public interface Waiting {
    /** Real threads and real time. */
    Waiting REAL = new Waiting() {
        @Override
        public boolean await(CountDownLatch latch, long nanosMax) throws InterruptedException {
            return latch.await(nanosMax, TimeUnit.NANOSECONDS);
        }

        @Override
        public void lock(ReentrantLock lock) {
            lock.lock();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** Waits until the latch is open; answers whether that came in time. */
    boolean await(CountDownLatch latch, long nanosMax) throws InterruptedException;

    /** Takes the lock. Its holder may be writing to a store, and gives it back in the thread that took it. */
    void lock(ReentrantLock lock);

    /** The time that {@link #await} measures, in nanoseconds since an arbitrary origin. */
    long nanos();
}
