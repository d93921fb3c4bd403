package io.larder.storage;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Up to which segment everything is flushed, and when that happens next. Thread-safe.
 *
 * <p>A flush writes down the number of the last segment opened: what lies in that or an older one is gone, and the
 * {@link Log} appends to newer ones only. That is exact, costs nothing per item and needs no clock. Who copies an item takes
 * the room first and looks here afterwards, so nothing flushed comes back in a newer segment.
 */
final class FlushCut {
    private static final long DELAY_SECONDS_MAX = TimeUnit.DAYS.toSeconds(36_525);

    private static final long NONE = -1;

    private final StoreClock clock;
    private volatile long order = -1;
    private volatile boolean pending;
    private long pendingNanos;

    FlushCut(StoreClock clock) {
        this.clock = clock;
    }

    boolean covers(Segment segment) {
        return segment.order <= order;
    }

    /** Flushes now, or replaces the flush that is to come. */
    synchronized void set(Log log, long delaySeconds) {
        if (delaySeconds <= 0) {
            pending = false;
            order = log.lastOrder();
        } else {
            pendingNanos = clock.nanos() + TimeUnit.SECONDS.toNanos(Math.min(delaySeconds, DELAY_SECONDS_MAX));
            pending = true;
        }
    }

    /** Every call begins with this, so that a flush whose time has come precedes what is stored after that time. */
    void arrive(Log log) {
        if (pending) {
            arriveIfTime(log);
        }
    }

    private synchronized void arriveIfTime(Log log) {
        if (pending && clock.nanos() - pendingNanos >= 0) {
            pending = false;
            order = log.lastOrder();
        }
    }

    /** The last flush and the one to come, in seconds from now. */
    synchronized void saveTo(ByteBuffer header) {
        header.putLong(ImageHeader.FLUSHED_ORDER, order);
        header.putLong(
                ImageHeader.FLUSH_SECONDS,
                pending ? TimeUnit.NANOSECONDS.toSeconds(pendingNanos - clock.nanos()) : NONE);
    }

    synchronized void loadFrom(ByteBuffer header, long awaySeconds) {
        order = header.getLong(ImageHeader.FLUSHED_ORDER);
        long seconds = header.getLong(ImageHeader.FLUSH_SECONDS);
        pending = seconds != NONE;
        pendingNanos = clock.nanos() + TimeUnit.SECONDS.toNanos(Math.max(0, seconds - awaySeconds));
    }
}
