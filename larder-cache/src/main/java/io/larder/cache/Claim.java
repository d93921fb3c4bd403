package io.larder.cache;

import io.larder.cache.spi.Leases;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a load may store over: what was there when the store was looked at. Of a store with {@link Leases} it is a token, so that
 * a put or removal by any process since keeps the value out; otherwise nothing is compared. Used by one thread at a time.
 */
final class Claim {
    /** Stores over whatever is there. */
    static final Claim ANY = new Claim(Kind.ANY, null, "", 0);

    /** Stores nothing but a copy in this process: the store could not be looked at, so there is nothing to compare with. */
    static final Claim BLIND = new Claim(Kind.BLIND, null, "", 0);

    private enum Kind {
        ANY,
        BLIND,
        SEEN,
        LEASE,
        PROMISED
    }

    private final Kind kind;
    private final @Nullable Leases leases;
    private final String key;
    private final long token;
    private @Nullable Claim turn;
    private volatile boolean spent; // by one thread, or by an invalidation
    private boolean insists;

    private Claim(Kind kind, @Nullable Leases leases, String key, long token) {
        this.kind = kind;
        this.leases = leases;
        this.key = key;
        this.token = token;
    }

    /** Over an entry that was seen. */
    static Claim seen(Leases leases, String key, long token) {
        return new Claim(Kind.SEEN, leases, key, token);
    }

    /** By a lease. */
    static Claim lease(Leases leases, String key, long token) {
        return new Claim(Kind.LEASE, leases, key, token);
    }

    /** Over the lease of another process. */
    static Claim promised(Leases leases, String key, long token) {
        return new Claim(Kind.PROMISED, leases, key, token);
    }

    /** The same, for a load that somebody has asked for: a value put since keeps it out only if it is of a later load. */
    Claim insisting() {
        if (leases != null) { // not of the constants
            insists = true;
        }
        return this;
    }

    boolean insists() {
        return insists;
    }

    /** The same, with the turn to load, to be given back by {@link #release}. */
    Claim inTurn(Claim granted) {
        if (leases != null) { // not one of the constants
            turn = granted;
        } else {
            granted.release();
        }
        return this;
    }

    /** Whether others wait for the value. */
    boolean isLease() {
        return kind == Kind.LEASE;
    }

    /** Whether an entry is there. */
    boolean isSeen() {
        return kind == Kind.SEEN;
    }

    /** Whether another process has promised to load the key. */
    boolean isPromised() {
        return kind == Kind.PROMISED;
    }

    /** Whether nothing is compared. */
    boolean isAny() {
        return kind == Kind.ANY;
    }

    /** Whether it is for an entry that is there and that nobody can use. */
    boolean isDeadWeight(Lookup<?> found) {
        return kind == Kind.SEEN && found instanceof Lookup.Absent<?>;
    }

    /** Keeps a value unless the key was changed since; answers whether it did. Not for the constants. */
    boolean put(byte[] value, Duration ttl) {
        spent = true; // whatever comes of it
        return held().put(key, value, token, ttl);
    }

    /** Removes what was seen, if it is still there, or gives the lease back. Not for the constants. */
    void giveBack() {
        spent = true;
        held().giveBack(key, token);
    }

    /** Lets others have the lease, if this is one and nothing was put, and the turn. A store that cannot be told ends it later. */
    void release() {
        if (turn != null) {
            turn.release();
        }
        if (kind != Kind.LEASE || spent) {
            return;
        }
        boolean isInterrupted = Thread.interrupted(); // clients refuse calls of such threads
        try {
            giveBack();
        } catch (RuntimeException e) {
            System.getLogger("io.larder.cache")
                    .log(System.Logger.Level.DEBUG, "a lease could not be given back; it ends by itself", e);
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Leases held() {
        if (leases == null) {
            throw new IllegalStateException("nothing to compare with");
        }
        return leases;
    }
}
