package io.larder.toolbox;

import io.larder.base.Printable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock that is held, until it is closed or its lease ends. Belongs to who holds it, in any thread; nobody else can give it
 * up. Thread-safe.
 */
public final class Held implements AutoCloseable {
    private final SharedLock<?> lock;
    private final String key;
    private final byte[] token;
    private final long fence;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private volatile long begunNanos; // published to threads that ask what remains

    Held(SharedLock<?> lock, String key, byte[] token, long fence, long begunNanos) {
        this.lock = lock;
        this.key = key;
        this.token = token;
        this.fence = fence;
        this.begunNanos = begunNanos;
    }

    /**
     * The fencing number: above that of every earlier holder of this lock. Begun from the time of day in microseconds, so that
     * it goes on rising when the store has lost it; only a clock that is behind by more than the time since can make it fall
     * then.
     */
    public long fence() {
        return fence;
    }

    /** How long the lease lasts at least, by this process's ticker; zero when it may have ended. */
    public Duration remaining() {
        return isClosed.get() ? Duration.ZERO : lock.remaining(begunNanos);
    }

    /**
     * Begins the lease anew.
     *
     * @throws LeaseLostException if it has ended, or the lock was given up
     * @throws io.larder.base.LarderException if the store does not answer; the old lease goes on
     */
    public void renew() {
        if (isClosed.get()) {
            throw new LeaseLostException(Printable.of(key), null);
        }
        begunNanos = lock.renew(key, token);
    }

    /**
     * Gives the lock up. Closing twice does nothing. If the store does not answer, the lease ends by itself.
     *
     * @throws LeaseLostException if the lock was lost before: another may have worked at the same time
     */
    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        boolean wasHeld;
        try {
            wasHeld = lock.giveUp(key, token);
        } catch (RuntimeException e) {
            if (lock.remaining(begunNanos).isZero()) {
                throw lock.lost(key, e);
            }
            return;
        }
        if (!wasHeld) {
            throw lock.lost(key, null);
        }
    }
}
