package io.larder.server;

import java.util.concurrent.TimeUnit;

/** The wire's exptime, turned into a TTL. Source: memcached's {@code doc/protocol.txt}, "Expiration times". */
final class Exptimes {
    /** Up to this an exptime counts from now; beyond, it is a Unix time. */
    static final long RELATIVE_SECONDS_MAX = TimeUnit.DAYS.toSeconds(30);

    private Exptimes() {}

    /**
     * TTL in seconds: 0 never expires, negative is over.
     *
     * @param unixSeconds the wall clock
     */
    static long ttlSeconds(long exptime, long unixSeconds) {
        if (exptime <= RELATIVE_SECONDS_MAX) {
            return exptime;
        }
        long left = exptime - unixSeconds;
        return left > 0 ? left : -1;
    }
}
