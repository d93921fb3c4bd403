package io.larder.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * What the demo shows: a table with a bar for each row. On a terminal the row under way is drawn again as it grows; elsewhere
 * each row is printed once, in plain ASCII.
 */
final class DemoScreen {
    private static final int BAR_WIDTH = 24;
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[32m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final boolean terminal;
    private double longestMillis;

    /**
     * One row.
     *
     * @param label what the row is about
     * @param requests answered
     * @param time they took
     * @param hits answered by the cache
     * @param queries that reached the database
     * @param wrong answers that differ from the database's
     */
    record Row(String label, int requests, Duration time, long hits, long queries, long wrong) {}

    DemoScreen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void say(String text) {
        out.println(text);
        out.flush();
    }

    void chapter(String title) {
        say("");
        say(terminal ? BOLD + title + PLAIN : title);
    }

    void header() {
        say(
                "  %-14s %8s  %-" + BAR_WIDTH + "s %9s %9s %8s %7s",
                "",
                "time",
                "",
                "hit ratio",
                "queries",
                "saved",
                "wrong");
    }

    /** The row is under way; drawn on a terminal only. */
    void progress(Row row) {
        if (terminal) {
            out.print(CLEAR_LINE + text(row));
            out.flush();
        }
    }

    /** The row is complete. */
    void row(Row row) {
        say((terminal ? CLEAR_LINE : "") + text(row));
    }

    private String text(Row row) {
        double millis = row.time().toNanos() / 1e6;
        longestMillis = Math.max(longestMillis, millis);
        int width = (int) Math.max(1, Math.round(BAR_WIDTH * millis / longestMillis));
        String bar = (terminal ? "\u2588" : "#").repeat(width);
        String padded = bar + " ".repeat(BAR_WIDTH - width);
        return format(
                "  %-14s %5.0f ms  %s %7.1f %% %9d %8d %7d",
                row.label(),
                millis,
                terminal ? GREEN + padded + PLAIN : padded,
                row.requests() == 0 ? 0 : 100.0 * row.hits() / row.requests(),
                row.queries(),
                row.requests() - row.queries(),
                row.wrong());
    }

    private void say(String pattern, Object... values) {
        say(format(pattern, values));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
