package io.larder.client;

import io.larder.base.Ticker;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The end of a call, and how long it has been going on. Immutable. */
final class Deadline {
    private final Ticker ticker;
    private final long startNanos;
    private final long timeoutNanos;

    private Deadline(Ticker ticker, long timeoutNanos) {
        this.ticker = ticker;
        this.startNanos = ticker.nanos();
        this.timeoutNanos = timeoutNanos;
    }

    static Deadline in(long timeoutNanos, Ticker ticker) {
        return new Deadline(ticker, timeoutNanos);
    }

    /** Zero or less once it has passed. */
    long leftNanos() {
        return timeoutNanos - elapsedNanos();
    }

    /**
     * Whether this thread noticed the end so late that it must have been asleep itself: a garbage collection, a suspended
     * machine. The reply may well be waiting.
     */
    boolean isMissedByFar() {
        return leftNanos() < -timeoutNanos / 2;
    }

    /** The time allowed, for messages. */
    String timeout() {
        return text(timeoutNanos);
    }

    /** The time since the call began, for messages. */
    String elapsed() {
        return text(elapsedNanos());
    }

    /** Nanoseconds from the beginning of the call to an instant of the ticker. */
    long elapsedNanosAt(long nanos) {
        return Math.max(0, nanos - startNanos);
    }

    private long elapsedNanos() {
        return ticker.nanos() - startNanos;
    }

    static String text(long nanos) {
        double millis = (double) nanos / TimeUnit.MILLISECONDS.toNanos(1);
        return millis < 10 ? String.format(Locale.ROOT, "%.1f ms", millis) : Math.round(millis) + " ms";
    }
}
