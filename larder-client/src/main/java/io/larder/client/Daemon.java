package io.larder.client;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does a job whenever it is woken, made when it is first needed. The job has to look for itself whether there
 * is anything to do: it may be woken in vain.
 */
final class Daemon {
    private final String name;
    private final Runnable job;
    private final ReentrantLock starting = new ReentrantLock();

    private volatile @Nullable Thread thread;
    private volatile boolean stopped;

    Daemon(String name, Runnable job) {
        this.name = name;
        this.job = job;
    }

    void wake() {
        Thread running = thread;
        if (running == null) {
            start();
        } else {
            LockSupport.unpark(running);
        }
    }

    /** Lets the thread end once its job returns. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread); // which does nothing if there is none
    }

    /** For the job: waits a while, or until it is woken or stopped. */
    void pause(long nanos) {
        if (!stopped) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private void start() {
        starting.lock();
        try {
            if (thread == null && !stopped) {
                thread = startThread(name, this::run);
            }
        } finally {
            starting.unlock();
        }
    }

    private void run() {
        while (!stopped) {
            job.run();
            LockSupport.park(this);
        }
    }

    /** Starts a daemon thread at once. */
    static Thread startThread(String name, Runnable body) {
        Thread thread = daemon(name, body);
        thread.start();
        return thread;
    }

    /** A daemon thread, not started. */
    static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }
}
