package io.larder.server;

import io.larder.base.Ticker;

/**
 * The time at which the latest turn of any event loop began: one reading of the clock for all requests of a turn.
 *
 * <p>Every loop advances it before it works, so what a request sees is never older than its own turn. Thread-safe.
 */
final class TurnTicker implements Ticker {
    private final Ticker source;
    private volatile long nanos;

    TurnTicker(Ticker source) {
        this.source = source;
        this.nanos = source.nanos();
    }

    void advance() {
        nanos = source.nanos();
    }

    @Override
    public long nanos() {
        return nanos;
    }
}
