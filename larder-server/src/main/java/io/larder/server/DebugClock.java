package io.larder.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.base.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The clocks of a server under test, which {@code debugtime} moves: both together. Thread-safe.
 *
 * <p>While it stands still only {@link #shift} moves it; when it goes on, it shows what it would have shown without the pause,
 * as memcached's does. It never goes back, since nothing in the store may become younger.
 */
final class DebugClock implements Ticker, InstantSource {
    private static final long SHIFT_SECONDS_MAX = Duration.ofDays(36_525).toSeconds();

    private final Ticker ticker;
    private final InstantSource wallClock;

    @GuardedBy("this")
    private Duration ahead = Duration.ZERO;

    @GuardedBy("this")
    private boolean paused;

    @GuardedBy("this")
    private long pausedNanos;

    @GuardedBy("this")
    private Instant pausedInstant = Instant.EPOCH;

    DebugClock(Ticker ticker, InstantSource wallClock) {
        this.ticker = ticker;
        this.wallClock = wallClock;
    }

    @Override
    public synchronized long nanos() {
        return paused ? pausedNanos : ticker.nanos() + ahead.toNanos();
    }

    @Override
    public synchronized Instant instant() {
        return paused ? pausedInstant : wallClock.instant().plus(ahead);
    }

    /** Goes forward, paused or not; answers false for a negative number, and for more than a century altogether. */
    synchronized boolean shift(long seconds) {
        if (seconds < 0 || seconds > SHIFT_SECONDS_MAX - ahead.toSeconds()) {
            return false;
        }
        Duration by = Duration.ofSeconds(seconds);
        ahead = ahead.plus(by);
        pausedNanos += by.toNanos();
        pausedInstant = pausedInstant.plus(by);
        return true;
    }

    synchronized void pause() {
        if (!paused) {
            pausedNanos = nanos();
            pausedInstant = instant();
            paused = true;
        }
    }

    synchronized void resume() {
        paused = false;
    }
}
