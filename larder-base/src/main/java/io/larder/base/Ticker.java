package io.larder.base;

/**
 * A source of monotonic time. Everything that waits, expires or measures takes one, so that a test can turn the clock.
 *
 * <p>Only differences mean anything; the origin is arbitrary and readings may be negative. Thread-safe.
 */
@FunctionalInterface
public interface Ticker {
    /** The clock of this JVM, {@link System#nanoTime()}. */
    Ticker SYSTEM = System::nanoTime;

    /** Nanoseconds since an arbitrary origin. */
    long nanos();
}
