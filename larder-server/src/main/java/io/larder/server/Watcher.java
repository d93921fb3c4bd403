package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;

/**
 * One connection that watches: lines wait in a ring of fixed size until it takes them; those that find no room are counted, and
 * the count is told before the next that does.
 *
 * <p>{@link #offer} may be called by any thread; the rest belongs to the event loop.
 */
final class Watcher implements Feed {
    /** As memcached's {@code watcher_logbuf_size}. */
    static final int RING_BYTES = 256 << 10;

    private static final int SKIP_LINE_BYTES_MAX = 32;

    private final Watch watch;
    private final int mask;

    @GuardedBy("this")
    private final byte[] ring = new byte[RING_BYTES];

    @GuardedBy("this")
    private int start;

    @GuardedBy("this")
    private int size;

    @GuardedBy("this")
    private long skipped;

    @GuardedBy("this")
    private boolean woken;

    private volatile Runnable waker = () -> {};

    Watcher(Watch watch, int mask) {
        this.watch = watch;
        this.mask = mask;
    }

    int mask() {
        return mask;
    }

    /** Takes a line, or counts it as skipped; answers whether it was taken. */
    boolean offer(byte[] line) {
        boolean wake;
        synchronized (this) {
            if (line.length + SKIP_LINE_BYTES_MAX > ring.length - size) {
                skipped++;
                return false;
            }
            if (skipped > 0) {
                put(("skipped=" + skipped + "\n").getBytes(US_ASCII));
                skipped = 0;
            }
            put(line);
            wake = !woken;
            woken = true;
        }
        if (wake) {
            waker.run();
        }
        return true;
    }

    @GuardedBy("this")
    private void put(byte[] bytes) {
        int at = (start + size) % ring.length;
        int first = Math.min(bytes.length, ring.length - at);
        System.arraycopy(bytes, 0, ring, at, first);
        System.arraycopy(bytes, first, ring, 0, bytes.length - first);
        size += bytes.length;
    }

    @Override
    public void begin(Runnable toWake) {
        waker = toWake;
        watch.add(this);
    }

    @Override
    public State next(Replies replies) throws IOException {
        byte[] part;
        boolean more;
        synchronized (this) {
            int count = Math.min(Math.min(size, SLICE_BYTES_MAX), ring.length - start);
            part = new byte[count];
            System.arraycopy(ring, start, part, 0, count);
            start = (start + count) % ring.length;
            size -= count;
            more = size > 0;
            woken = more;
        }
        replies.put(part);
        return more ? State.MORE : State.IDLE;
    }

    @Override
    public void end() {
        watch.remove(this);
    }
}
