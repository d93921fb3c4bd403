package io.larder.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on what all connections together hold back: values that have come in part, replies that a peer does not take.
 * Where it is used up, those who have held most without moving are dropped ({@link EventLoop}), so that idle peers cannot keep
 * it from the others. Thread-safe.
 */
final class BufferBudget {
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    /** Tells the event loops that somebody got nothing. */
    private volatile boolean pressed;

    BufferBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes that many bytes, or none where the bound would be passed. */
    boolean take(long wanted) {
        if (bytes.addAndGet(wanted) <= bytesMax) {
            return true;
        }
        bytes.addAndGet(-wanted);
        pressed = true;
        return false;
    }

    /** Whether somebody got nothing, and less than half of the bound has come back since. */
    boolean isPressed() {
        if (pressed && bytes.get() < bytesMax / 2) {
            pressed = false;
        }
        return pressed;
    }

    void giveBack(long taken) {
        bytes.addAndGet(-taken);
    }

    long bytesMax() {
        return bytesMax;
    }

    long bytesTaken() {
        return bytes.get();
    }
}
