package io.larder.base;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that moves only when the test says so. Thread-safe. */
public final class FakeTicker implements Ticker {
    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L); // readings may be negative: let tests notice

    @Override
    public long nanos() {
        return nanos.get();
    }

    /** Moves the clock forward. */
    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
