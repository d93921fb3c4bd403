package io.larder.server;

import io.larder.base.LarderException;
import io.larder.base.Ticker;
import java.time.InstantSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;

/**
 * TLS of a server: the certificates in use, and threads for the slow steps of handshakes, so that event loops never wait for
 * them. Thread-safe.
 */
final class Tls implements AutoCloseable {
    private static final long IDLE_SECONDS = 30;

    private final TlsConfig config;
    private final Ticker ticker;
    private final InstantSource wallClock;
    private final ServerLog log;
    private final ThreadPoolExecutor handshakes;

    private volatile TlsContext context; // replaced as a whole: connections keep the one they began with
    private volatile long refreshedNanos;

    /** @throws LarderException if the certificates cannot be used */
    Tls(TlsConfig config, int threads, int connectionsMax, Ticker ticker, InstantSource wallClock, ServerLog log) {
        this.config = config;
        this.ticker = ticker;
        this.wallClock = wallClock;
        this.log = log;
        this.context = TlsContext.load(config, wallClock.instant(), log);
        this.refreshedNanos = ticker.nanos();
        AtomicInteger number = new AtomicInteger();
        this.handshakes = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(connectionsMax), task -> {
                    Thread thread = new Thread(task, "larder-handshake-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        handshakes.allowCoreThreadTimeOut(true);
    }

    /**
     * Reads the certificates again, for connections to come.
     *
     * @throws LarderException if they cannot be used; the old ones stay
     */
    synchronized void reload() {
        context = TlsContext.load(config, wallClock.instant(), log);
        refreshedNanos = ticker.nanos();
    }

    SSLEngine engine() {
        return context.engine();
    }

    /** Runs a slow step of a handshake, unless as many wait as there may be connections; answers whether it will. */
    boolean execute(Runnable step) {
        try {
            handshakes.execute(step);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    long secondsSinceRefresh() {
        return TimeUnit.NANOSECONDS.toSeconds(ticker.nanos() - refreshedNanos);
    }

    TlsConfig config() {
        return config;
    }

    @Override
    public void close() {
        handshakes.shutdownNow();
    }
}
