package io.larder.server;

import io.larder.base.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Tells which peers have been silent for too long. Costs nothing where no timeout is set. Confined to one event loop. */
final class IdlePeers {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long timeoutNanos;
    private final Ticker ticker;
    private long lookedNanos;

    /** @param timeout zero for none */
    IdlePeers(Duration timeout, Ticker ticker) {
        this.timeoutNanos = timeout.toNanos();
        this.ticker = ticker;
        this.lookedNanos = ticker.nanos();
    }

    /** The peer has come, sent something, or taken something. */
    void saw(Connection connection) {
        if (timeoutNanos > 0) {
            connection.seen(ticker.nanos());
        }
    }

    /** About once a second. */
    boolean isTimeToLook() {
        if (timeoutNanos == 0) {
            return false;
        }
        long now = ticker.nanos();
        if (now - lookedNanos < LOOK_NANOS) {
            return false;
        }
        lookedNanos = now;
        return true;
    }

    /** At the time of the last look. Who watches has nothing to send. */
    boolean isIdle(Connection connection) {
        return !connection.watches() && lookedNanos - connection.seenNanos() >= timeoutNanos;
    }
}
