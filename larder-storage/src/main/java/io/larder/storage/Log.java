package io.larder.storage;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The open segments: one for each lane, band of sizes and lifetime. Thread-safe, without locks but for the exchange of a full one.
 */
final class Log {
    /** A segment open for longer is closed, so that a TTL below {@link #SHORT_TTL_SECONDS} always fits in 16 bits. */
    private static final long OPEN_SECONDS_MAX = 1 << 15;

    static final long SHORT_TTL_SECONDS = 1 << 15;

    private final Geometry geometry;
    private final Segments segments;
    private final AtomicReferenceArray<@Nullable Segment> open;
    private final AtomicLong opened = new AtomicLong();
    private final FlushCut flushed;
    private final Worth worth;

    Log(Geometry geometry, Segments segments, FlushCut flushed, Worth worth) {
        this.geometry = geometry;
        this.segments = segments;
        this.flushed = flushed;
        this.worth = worth;
        open = new AtomicReferenceArray<>(geometry.lanes() * Worth.BANDS * geometry.lifetimes());
    }

    /** The number of the segment opened last. */
    long lastOrder() {
        return opened.get();
    }

    /** Goes on behind the numbers of segments that came from a file. */
    void startAfter(long order) {
        opened.set(order);
    }

    /**
     * Takes room for a record of so many bytes, both multiples of 4.
     *
     * @param urgent may take the reserve
     * @return false where no segment is free
     */
    boolean take(
            Room room, int lane, int band, int lifetime, long nowSeconds, int bytesMin, int bytesMax, boolean urgent) {
        int at = (lane * Worth.BANDS + band) * geometry.lifetimes() + lifetime;
        while (true) {
            Segment segment = open.get(at);
            if (segment != null && isCurrent(segment, nowSeconds)) {
                long taken = segment.take(bytesMin, bytesMax);
                if (taken >= 0) {
                    room.segment = segment;
                    room.offset = (int) (taken >>> 32);
                    room.bytes = (int) taken;
                    return true;
                }
            }
            if (!exchange(at, segment, band, lifetime, nowSeconds, urgent)) {
                return false;
            }
        }
    }

    private boolean isCurrent(Segment segment, long nowSeconds) {
        return !flushed.covers(segment) && nowSeconds - segment.baseSeconds < OPEN_SECONDS_MAX;
    }

    private boolean exchange(int at, @Nullable Segment full, int band, int lifetime, long nowSeconds, boolean urgent) {
        Segment fresh = segments.take(urgent);
        if (fresh == null) {
            return open.get(at) != full; // somebody else may have been luckier
        }
        fresh.open(band, lifetime, nowSeconds, opened.incrementAndGet(), worth.inflation());
        if (!open.compareAndSet(at, full, fresh)) {
            segments.giveBack(fresh);
        } else if (full != null) {
            full.seal();
        }
        return true;
    }

    /** Seals the open segments in which everything has expired: where nothing is stored any more, nobody else would. */
    void sealExpired(long nowSeconds) {
        for (int at = 0; at < open.length(); at++) {
            Segment segment = open.get(at);
            if (segment != null && segment.hasExpired(nowSeconds)) {
                seal(at, segment);
            }
        }
    }

    /** How many can be open at a time. */
    int places() {
        return open.length();
    }

    /** The open segment of a place. One that is in no place may be about to get one, or to be given back. */
    @Nullable
    Segment openAt(int place) {
        return open.get(place);
    }

    /** Seals a segment; false if it is not open there any more. */
    boolean seal(int place, Segment segment) {
        boolean taken = open.compareAndSet(place, segment, null);
        if (taken) {
            segment.seal();
        }
        return taken;
    }

    /** Seals all open segments, so that they can be written to a file. */
    void sealAll() {
        for (int at = 0; at < open.length(); at++) {
            Segment segment = open.get(at);
            if (segment != null) {
                seal(at, segment);
            }
        }
    }
}
