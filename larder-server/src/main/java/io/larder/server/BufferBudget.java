package io.larder.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on what all connections together hold back: values that have come in part, replies that a peer does not take.
 * Thread-safe.
 */
final class BufferBudget {
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    BufferBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes that many bytes, or none where the bound would be passed. */
    boolean take(long wanted) {
        if (bytes.addAndGet(wanted) <= bytesMax) {
            return true;
        }
        bytes.addAndGet(-wanted);
        return false;
    }

    void giveBack(long taken) {
        bytes.addAndGet(-taken);
    }

    long bytesTaken() {
        return bytes.get();
    }
}
