package io.larder.client;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call on a thread of its own. */
final class Caller<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    private Caller(FutureTask<T> task, Thread thread) {
        this.task = task;
        this.thread = thread;
    }

    static <T> Caller<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        return new Caller<>(task, Daemon.startThread("caller", task));
    }

    /** The thread it runs on. */
    Thread thread() {
        return thread;
    }

    /** What the call returned; what it threw is thrown. */
    T result() throws Exception {
        return result(Duration.ofSeconds(30));
    }

    /** Like {@link #result()}, with another limit. */
    T result(Duration limit) throws Exception {
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("the call has not come back after " + limit, e);
        }
    }
}
