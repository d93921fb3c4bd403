package io.larder.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look over all segments: a pass over a few thousand objects, far less work than draining one segment, and no queue
 * to keep in order. Confined to the reclaimer.
 */
final class Survey {
    /** Main segments reclaimed together: fewer lose useful items, more only copy more. */
    static final int MAIN_BATCH = 4;

    /** With less than this alive, in percent of the segments in use, dead bytes are squeezed out before anything is evicted. */
    private static final int ROOMY = 70;

    /** The same where nothing may be evicted, and copying is the only way. */
    private static final int FULL = 95;

    private static final int PERCENT = 100;

    final List<Segment> dead = new ArrayList<>();
    final @Nullable Segment[] oldestMain = new Segment[MAIN_BATCH];
    int mainCount;
    int openCount;

    @Nullable
    Segment oldestSmall;

    /** The segment to compact, if that is better than to evict. */
    @Nullable
    Segment mostDead;

    private int smallCount;
    private int count;

    void look(SegmentStore store, long now) {
        clear();
        int segmentBytes = store.segments.segmentBytes();
        long liveBytes = 0;
        int worst = 0;
        for (Segment segment : store.segments.all()) {
            Segment.State state = segment.state();
            if (state != Segment.State.OPEN && state != Segment.State.SEALED) {
                continue;
            }
            count++;
            smallCount += segment.main ? 0 : 1;
            if (state == Segment.State.OPEN) {
                openCount++;
            } else if (!segment.hasWriters()) {
                if (isDead(store, segment, now)) {
                    dead.add(segment);
                    continue;
                }
                int wasted = segmentBytes - segment.liveBytes();
                if (wasted > worst) {
                    worst = wasted;
                    mostDead = segment;
                }
                rank(segment);
            }
            liveBytes += segment.liveBytes();
        }
        boolean roomy = liveBytes < (long) count * segmentBytes * (store.config.evicts() ? ROOMY : FULL) / PERCENT;
        int least = segmentBytes * (roomy ? PERCENT - (store.config.evicts() ? ROOMY : FULL) : PERCENT / 2) / PERCENT;
        if (worst <= least) {
            mostDead = null;
        }
    }

    private static boolean isDead(SegmentStore store, Segment segment, long now) {
        return segment.liveRecords() == 0 || store.flushed.covers(segment) || segment.lastDeadline() <= now;
    }

    /** Whether the small queue has more than its share of all segments in use. */
    boolean isSmallOverShare(double share) {
        return smallCount > share * count;
    }

    private void rank(Segment segment) {
        if (!segment.main) {
            if (oldestSmall == null || segment.order < oldestSmall.order) {
                oldestSmall = segment;
            }
            return;
        }
        Segment carried = segment;
        for (int i = 0; i < MAIN_BATCH; i++) {
            Segment older = oldestMain[i];
            if (older == null) {
                oldestMain[i] = carried;
                mainCount = i + 1;
                return;
            }
            if (carried.order < older.order) {
                oldestMain[i] = carried;
                carried = older;
            }
        }
    }

    private void clear() {
        dead.clear();
        Arrays.fill(oldestMain, null);
        mainCount = 0;
        openCount = 0;
        oldestSmall = null;
        mostDead = null;
        smallCount = 0;
        count = 0;
    }
}
