package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a client does without a caller's thread: completes futures, runs calls on many keys and loaders for them, and watches
 * their deadlines. Made when first needed: who only blocks has none of these threads. Thread-safe.
 *
 * <p>Where there are virtual threads each task gets one. Elsewhere completions and blocking work have a small pool each, so
 * that a slow loader holds up no completion. Completions waiting are bounded by the requests in flight.
 */
final class Background implements AutoCloseable {
    private static final int BLOCKING_THREADS_MAX = 32;
    private static final int BLOCKING_WAITING_MAX = 10_000;
    private static final long IDLE_SECONDS = 10;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private @Nullable ExecutorService completions;

    @GuardedBy("lock")
    private @Nullable ExecutorService blocking;

    @GuardedBy("lock")
    private @Nullable ScheduledThreadPoolExecutor timer;

    @GuardedBy("lock")
    private boolean closed;

    /** Runs what completes a future; in the calling thread once the client is closed. */
    void complete(Runnable completion) {
        try {
            completions().execute(completion);
        } catch (RejectedExecutionException e) {
            completion.run();
        }
    }

    /**
     * Runs what may block.
     *
     * @throws RejectedExecutionException if too much is waiting, or the client is closed
     */
    void block(Runnable task) {
        blocking().execute(task);
    }

    /** Runs something short later, unless it is cancelled. */
    ScheduledFuture<?> later(long nanos, Runnable task) {
        return timer().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    private ExecutorService completions() {
        lock.lock();
        try {
            if (completions == null) {
                int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
                completions = open("larder-complete", threads, Integer.MAX_VALUE);
            }
            return completions;
        } finally {
            lock.unlock();
        }
    }

    private ExecutorService blocking() {
        lock.lock();
        try {
            if (blocking == null) {
                blocking = open("larder-call", BLOCKING_THREADS_MAX, BLOCKING_WAITING_MAX);
            }
            return blocking;
        } finally {
            lock.unlock();
        }
    }

    private ScheduledThreadPoolExecutor timer() {
        lock.lock();
        try {
            if (timer == null) {
                throwIfClosed();
                timer = new ScheduledThreadPoolExecutor(1, task -> Daemon.daemon("larder-timer", task));
                timer.setRemoveOnCancelPolicy(true);
                timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            }
            return timer;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void throwIfClosed() {
        if (closed) {
            throw new RejectedExecutionException("the memcached client is closed");
        }
    }

    @GuardedBy("lock")
    private ExecutorService open(String name, int threads, int waitingMax) {
        throwIfClosed();
        ExecutorService virtual = VirtualThreads.perTask();
        if (virtual != null) {
            return virtual;
        }
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(waitingMax),
                task -> Daemon.daemon(name + "-" + count.incrementAndGet(), task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Takes nothing new; what was taken is still run. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (completions != null) {
                completions.shutdown();
            }
            if (blocking != null) {
                blocking.shutdown();
            }
            if (timer != null) {
                timer.shutdown();
            }
        } finally {
            lock.unlock();
        }
    }
}
