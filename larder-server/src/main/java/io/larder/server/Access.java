package io.larder.server;

import io.larder.base.LarderException;
import io.larder.base.Ticker;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What a server checks its peers with: users, certificates, both or neither. Thread-safe. */
final class Access implements AutoCloseable {
    private static final long REFRESH_NANOS = 1_000_000_000;

    private final @Nullable AuthFile users;
    private final @Nullable Tls tls;
    private final Ticker ticker;
    private final ServerLog log;
    private boolean refreshed;
    private boolean refreshedWell;
    private long refreshedNanos;

    private Access(@Nullable AuthFile users, @Nullable Tls tls, Ticker ticker, ServerLog log) {
        this.users = users;
        this.tls = tls;
        this.ticker = ticker;
        this.log = log;
    }

    /** @throws LarderException if a file cannot be used */
    static Access open(ServerConfig config, Ticker ticker, InstantSource wallClock, ServerLog log) {
        AuthFile users = config.saslFile()
                .or(config::authFile)
                .map(file -> AuthFile.open(file, log))
                .orElse(null);
        Tls tls = config.tls()
                .map(how -> new Tls(how, config.threads(), config.connectionsMax(), ticker, wallClock, log))
                .orElse(null);
        return new Access(users, tls, ticker, log);
    }

    /** Who is served; {@code null} for everybody. */
    @Nullable
    AuthFile users() {
        return users;
    }

    /** {@code null} where it speaks plain text only. */
    @Nullable
    Tls tls() {
        return tls;
    }

    /** Reads all files again. Each that cannot be used leaves what was there, and keeps no other from being read. */
    void reload() {
        if (users == null && tls == null) {
            log.always("larder: nothing to read again: neither certificates nor users are configured");
        }
        if (users != null) {
            reads("users", users::reload);
        }
        if (tls != null) {
            reads("certificates", tls::reload);
        }
    }

    /**
     * Reads the certificates alone, for peers: at most once a second, as it takes the time of a loop and a line of the log. Within
     * that second it answers what the last time gave.
     *
     * @return whether they could be used
     */
    synchronized boolean refreshCertificates(Tls of) {
        long now = ticker.nanos();
        if (!refreshed || now - refreshedNanos >= REFRESH_NANOS) {
            refreshedWell = reads("certificates", of::reload);
            refreshed = true;
            refreshedNanos = now;
        }
        return refreshedWell;
    }

    private boolean reads(String what, Runnable reload) {
        try {
            reload.run();
            log.always("larder: " + what + " read again");
            return true;
        } catch (LarderException e) {
            log.always("larder: " + what + " stay as they were: " + e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        if (tls != null) {
            tls.close();
        }
    }
}
