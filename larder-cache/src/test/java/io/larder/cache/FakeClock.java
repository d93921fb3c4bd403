package io.larder.cache;

import io.larder.base.Ticker;
import java.time.Instant;
import java.time.InstantSource;

/** A time of day that goes with a ticker: 2026-01-01 UTC when it is made. Thread-safe. */
public final class FakeClock implements InstantSource {
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Ticker ticker;
    private final long startNanos;

    public FakeClock(Ticker ticker) {
        this.ticker = ticker;
        this.startNanos = ticker.nanos();
    }

    @Override
    public Instant instant() {
        return START.plusNanos(ticker.nanos() - startNanos);
    }
}
