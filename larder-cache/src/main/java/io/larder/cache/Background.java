package io.larder.cache;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs loads that no caller's thread runs, a bounded number at a time. Without an executor of the user's it starts one when it
 * is first needed: virtual threads where the JVM has them, else daemon threads. Thread-safe.
 */
final class Background implements AutoCloseable {
    /** Loads in the background at a time, unless the user says otherwise. */
    static final int LOADS_MAX = 64;

    private static final long IDLE_SECONDS = 10;

    private final Semaphore places;
    private final @Nullable Executor given;
    private @Nullable ExecutorService own;
    private boolean closed;

    private final Set<Runnable> closing =
            ConcurrentHashMap.newKeySet(); // one for each load that somebody waits to begin

    Background(@Nullable Executor given, int loadsMax) {
        this.given = given;
        this.places = new Semaphore(loadsMax);
    }

    /** Starts the load, with the values that keys name in this thread, or answers that it cannot now. */
    boolean tryRun(Runnable load) {
        if (!places.tryAcquire()) {
            return false;
        }
        AtomicBoolean taken =
                new AtomicBoolean(true); // a place is given back once, also if the executor runs it here and fails
        Runnable carried = KeyContext.carrying(load);
        boolean begun = false;
        try {
            executor().execute(() -> {
                try {
                    carried.run();
                } finally {
                    leave(taken);
                }
            });
            begun = true;
        } catch (RejectedExecutionException e) {
            // answered
        } finally {
            if (!begun) {
                leave(taken);
            }
        }
        return begun;
    }

    private void leave(AtomicBoolean taken) {
        if (taken.getAndSet(false)) {
            places.release();
        }
    }

    private synchronized Executor executor() {
        if (given != null) {
            return given;
        }
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
        if (own == null) {
            own = virtualThreads();
        }
        if (own == null) {
            own = daemonThreads();
        }
        return own;
    }

    private static @Nullable ExecutorService virtualThreads() {
        try {
            Method open = java.util.concurrent.Executors.class.getMethod("newVirtualThreadPerTaskExecutor"); // since 21
            return (ExecutorService) open.invoke(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static ExecutorService daemonThreads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "larder-load-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                }); // as many threads as there are places
    }

    /** Runs this when it is closed, unless {@link #notWhenClosed} comes first; answers false if it is closed already. */
    boolean whenClosed(Runnable leave) {
        closing.add(leave);
        if (!isClosed()) {
            return true;
        }
        return !closing.remove(leave); // or who closes has taken it
    }

    void notWhenClosed(Runnable leave) {
        closing.remove(leave);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Starts nothing any more; what runs goes on to its end, and who waits for something to begin is told. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (own != null) {
                own.shutdown();
            }
        }
        for (Runnable leave : List.copyOf(closing)) {
            if (closing.remove(leave)) {
                leave.run();
            }
        }
    }
}
