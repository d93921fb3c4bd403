package io.larder.cache;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The timer where none is given: one daemon thread, started when it is first needed. Thread-safe. */
final class DaemonTimer implements Timer, AutoCloseable {
    private @Nullable ScheduledThreadPoolExecutor thread;
    private boolean closed;

    @Override
    public synchronized void after(Duration delay, Runnable task) {
        if (closed) {
            return;
        }
        if (thread == null) {
            thread = new ScheduledThreadPoolExecutor(1, run -> {
                Thread daemon = new Thread(run, "larder-timer");
                daemon.setDaemon(true);
                return daemon;
            });
        }
        var unused = thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
