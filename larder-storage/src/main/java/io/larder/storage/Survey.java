package io.larder.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look over all segments: a pass over a few thousand objects, far less work than draining one segment, and no queue
 * to keep in order. Confined to the reclaimer.
 */
final class Survey {
    /** With less than this alive, in percent of the segments in use, dead bytes are squeezed out before anything is evicted. */
    private static final int ROOMY = 70;

    /** The same where nothing may be evicted, and copying is the only way. */
    private static final int FULL = 95;

    private static final int PERCENT = 100;

    static final int SEALED = -1;

    final List<Segment> dead = new ArrayList<>();

    /** The segment whose items are worth least; null if all have writers. */
    @Nullable
    Segment leastWorth;

    /** Where in the log that is open, or {@link #SEALED}. */
    int place;

    /** Of an unused item there. */
    double worth;

    /** The segment to compact, if that is better than to evict. */
    @Nullable
    Segment mostDead;

    private int mostDeadBytes;

    void look(SegmentStore store, long now) {
        clear();
        int segmentBytes = store.segments.segmentBytes();
        long liveBytes = 0;
        int count = 0;
        for (Segment segment : store.segments.all()) {
            Segment.State state = segment.state();
            if (state != Segment.State.OPEN && state != Segment.State.SEALED) {
                continue;
            }
            count++;
            if (state == Segment.State.SEALED && !segment.hasWriters()) {
                if (isDead(store, segment, now)) {
                    dead.add(segment);
                    continue;
                }
                weighDead(segment, segmentBytes - segment.liveBytes());
                weigh(segment, SEALED);
            }
            liveBytes += segment.liveBytes();
        }
        for (int at = 0; at < store.log.places(); at++) {
            Segment segment = store.log.openAt(at);
            if (segment != null && !segment.hasWriters()) {
                weigh(segment, at);
            }
        }
        boolean roomy = liveBytes < (long) count * segmentBytes * (store.config.evicts() ? ROOMY : FULL) / PERCENT;
        int least = segmentBytes * (roomy ? PERCENT - (store.config.evicts() ? ROOMY : FULL) : PERCENT / 2) / PERCENT;
        if (mostDeadBytes <= least) {
            mostDead = null;
        }
    }

    private static boolean isDead(SegmentStore store, Segment segment, long now) {
        return segment.liveRecords() == 0 || store.flushed.covers(segment) || segment.lastDeadline() <= now;
    }

    private void weighDead(Segment segment, int deadBytes) {
        if (deadBytes > mostDeadBytes) {
            mostDeadBytes = deadBytes;
            mostDead = segment;
        }
    }

    /** Of two of one worth the older is taken. */
    private void weigh(Segment segment, int at) {
        double itsWorth = Worth.of(segment.inflation, segment.band);
        Segment least = leastWorth;
        if (least == null || itsWorth < worth || (itsWorth == worth && segment.order < least.order)) {
            leastWorth = segment;
            place = at;
            worth = itsWorth;
        }
    }

    private void clear() {
        dead.clear();
        leastWorth = null;
        mostDead = null;
        mostDeadBytes = 0;
    }
}
