package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.base.Printable;
import io.larder.base.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Logs loads that took long, one line each, ten lines within ten seconds at most; how many more there were is logged when these
 * are over. Thread-safe.
 */
final class SlowLoads {
    static final int LINES_MAX = 10;
    static final Duration WINDOW = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger("io.larder.cache");

    private final long leastNanos;
    private final Ticker ticker;
    private final Timer timer;

    @GuardedBy("this")
    private long windowNanos; // when it began

    @GuardedBy("this")
    private int lines;

    @GuardedBy("this")
    private long leftOut;

    /**
     * A log of loads.
     *
     * @param least loads that took at least that long are logged; {@link Policy#FOREVER} for none
     */
    SlowLoads(Duration least, Ticker ticker, Timer timer) {
        this.leastNanos = least.toNanos();
        this.ticker = ticker;
        this.timer = timer;
    }

    boolean isSlow(long nanos) {
        return nanos >= leastNanos;
    }

    void log(String function, Tally.Call call, long nanos, LoadOutcome outcome) {
        if (!mayWrite()) {
            return;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "slow load of {0}{1} by {2}{3}: {4} ms, {5}",
                Printable.of(call.key()),
                call.keys() == 1 ? "" : " and " + (call.keys() - 1) + " more",
                Printable.of(function),
                call.refresh() ? " in the background" : "",
                Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos)),
                outcome);
    }

    private boolean mayWrite() {
        Duration rest;
        synchronized (this) {
            long now = ticker.nanos();
            if (lines == 0 || now - windowNanos >= WINDOW.toNanos()) {
                windowNanos = now;
                lines = 0;
            }
            if (lines < LINES_MAX) {
                lines++;
                return true;
            }
            leftOut++;
            if (leftOut > 1) {
                return false;
            }
            rest = WINDOW.minusNanos(now - windowNanos);
        }
        timer.after(rest, this::logLeftOut);
        return false;
    }

    private void logLeftOut() {
        long count;
        synchronized (this) {
            count = leftOut;
            leftOut = 0;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} more slow loads within {1} seconds are not listed",
                Long.toString(count),
                Long.toString(WINDOW.toSeconds()));
    }
}
