package io.larder.bench;

import io.larder.base.Ticker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Says how far a long run is: on a terminal one line that is redrawn, elsewhere a plain line now and then.
 *
 * <p>Confined to one thread.
 */
final class ReplayProgress {
    private static final long REDRAW_NANOS = Duration.ofMillis(250).toNanos();
    private static final long PLAIN_NANOS = Duration.ofSeconds(20).toNanos();
    private static final int CALLS_PER_LOOK = 256;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final Ticker ticker;
    private final boolean terminal;
    private final String label;
    private final long total;
    private final long startNanos;
    private long shownNanos;
    private int calls;

    /**
     * @param label what is under way
     * @param total steps in all, more than 0
     */
    ReplayProgress(PrintStream out, Ticker ticker, boolean terminal, String label, long total) {
        this.out = out;
        this.ticker = ticker;
        this.terminal = terminal;
        this.label = label;
        this.total = total;
        this.startNanos = ticker.nanos();
        this.shownNanos = startNanos;
    }

    /** To standard error; the script that started us knows whether that is a terminal. */
    static ReplayProgress of(String label, long total) {
        return new ReplayProgress(System.err, Ticker.SYSTEM, Boolean.getBoolean("larder.terminal"), label, total);
    }

    /** So many steps are done. Cheap, to be called for every one. */
    void at(long done) {
        if (calls++ % CALLS_PER_LOOK != 0) {
            return;
        }
        long now = ticker.nanos();
        if (now - shownNanos < (terminal ? REDRAW_NANOS : PLAIN_NANOS)) {
            return;
        }
        shownNanos = now;
        double seconds = (now - startNanos) / 1e9;
        String text = String.format(
                Locale.ROOT,
                "%s: %.0f %%, %.0f thousand a second, %.0f s left",
                label,
                100.0 * done / total,
                done / seconds / 1000,
                seconds * (total - done) / Math.max(1, done));
        if (terminal) {
            out.print(ERASE_LINE + text);
            out.flush();
        } else {
            out.println(text);
        }
    }

    /** Takes the line off the terminal. */
    void end() {
        if (terminal) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }
}
