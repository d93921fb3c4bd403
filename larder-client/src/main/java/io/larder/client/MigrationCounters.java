package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.base.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/** What {@link MigrationStats} is made from. Thread-safe. */
final class MigrationCounters {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    final LongAdder reads = new LongAdder();
    final LongAdder foundNew = new LongAdder();
    final LongAdder foundOld = new LongAdder();
    final LongAdder copied = new LongAdder();
    final LongAdder mirrored = new LongAdder();
    final LongAdder mirrorsFailed = new LongAdder();
    final LongAdder oldFailed = new LongAdder();

    private final Ticker ticker;
    private final ReentrantLock turning = new ReentrantLock();

    /** Counts when the last two windows began: what came since the older is recent. */
    @GuardedBy("turning")
    private Counts older = new Counts(0, 0);

    @GuardedBy("turning")
    private Counts newer = new Counts(0, 0);

    private volatile long windowStartNanos;

    private record Counts(long reads, long foundOld) {}

    MigrationCounters(Ticker ticker) {
        this.ticker = ticker;
        this.windowStartNanos = ticker.nanos();
    }

    /** Counts keys read. */
    void read(long keys, long inNew, long inOld) {
        if (ticker.nanos() - windowStartNanos >= WINDOW_NANOS) {
            turn();
        }
        reads.add(keys);
        foundNew.add(inNew);
        foundOld.add(inOld);
    }

    private void turn() {
        turning.lock();
        try {
            long now = ticker.nanos();
            long elapsed = now - windowStartNanos;
            if (elapsed >= WINDOW_NANOS) {
                Counts current = new Counts(reads.sum(), foundOld.sum());
                older = elapsed >= 2 * WINDOW_NANOS ? current : newer;
                newer = current;
                windowStartNanos = now;
            }
        } finally {
            turning.unlock();
        }
    }

    MigrationStats stats(MigrationStage stage) {
        turn();
        Counts since;
        turning.lock();
        try {
            since = older;
        } finally {
            turning.unlock();
        }
        long old = foundOld.sum(); // before the reads, so that the share is none above 1
        long all = reads.sum();
        return new MigrationStats(
                stage,
                all,
                foundNew.sum(),
                old,
                copied.sum(),
                mirrored.sum(),
                mirrorsFailed.sum(),
                oldFailed.sum(),
                all - since.reads(),
                old - since.foundOld());
    }
}
