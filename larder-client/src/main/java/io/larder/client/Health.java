package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is known of reaching a node, whichever of its lanes tried: why it failed last, and when to try again. Thread-safe. */
final class Health {
    /** Dials in vain, after which no caller waits for one any more: they fail at once until one succeeds. */
    private static final int BREAKER_FAILURES = 3;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Backoff backoff;

    /** Why the last dial failed, or the last connection broke. */
    @GuardedBy("lock")
    private @Nullable Lost lastFailure;

    /** Whether the last dial was in vain, and none has succeeded since. */
    private volatile boolean down;

    Health(MemcachedConfig config) {
        backoff = new Backoff(
                config.ticker(),
                config.limits().dialsPerSecondMax(),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    boolean isDown() {
        return down;
    }

    @Nullable
    Lost lastFailure() {
        lock.lock();
        try {
            return lastFailure;
        } finally {
            lock.unlock();
        }
    }

    /** Whether so many dials were in vain that nobody waits for the next. */
    boolean isGivenUp() {
        lock.lock();
        try {
            return lastFailure != null && backoff.failures() >= BREAKER_FAILURES;
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds for which the node is to be left alone; zero or less if it may be dialled now. */
    long waitNanos() {
        lock.lock();
        try {
            return backoff.leftNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Takes note of a dial that begins. */
    void dialling() {
        lock.lock();
        try {
            backoff.dialled();
        } finally {
            lock.unlock();
        }
    }

    void dialFailed(@Nullable Lost failure) {
        lock.lock();
        try {
            lastFailure = failure;
            backoff.failed();
            down = true;
        } finally {
            lock.unlock();
        }
    }

    void connected() {
        down = false;
    }

    /** A connection that never answered counts as a dial in vain: or a node that only accepts would be dialled at each call. */
    void lost(Lost reason, boolean everReplied) {
        lock.lock();
        try {
            lastFailure = reason;
            if (everReplied) {
                backoff.succeeded();
            } else {
                backoff.failed();
                down = true;
            }
        } finally {
            lock.unlock();
        }
    }
}
