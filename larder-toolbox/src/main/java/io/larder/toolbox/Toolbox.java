package io.larder.toolbox;

import io.larder.cache.Larder;
import io.larder.cache.spi.Host;

/**
 * Makes locks and rate limits that are kept in the store of a {@link Larder}: by {@code mem:} for this process, by
 * {@code memcached:} for all that share the cluster. Keys are templates as those of cached functions.
 *
 * <pre>{@code
 * Toolbox toolbox = Toolbox.over(larder);
 * SharedLock<Long> jobs = toolbox.lock("job:{key}", Long.class, LockPolicy.lease("30s").waitUpTo("5s"));
 * try (Held held = jobs.acquire(7L)) {
 *     work(held.fence());
 * }
 * }</pre>
 *
 * <p>Two objects made with the same template and policy, here or in another process, are the same lock or limit. Thread-safe.
 */
public final class Toolbox {
    static final String LOCK = "lock";
    static final String RATE = "rate";

    private final Host host;

    private Toolbox(Host host) {
        this.host = host;
    }

    /** A toolbox over the store, the clocks and the pipes of a Larder, which stays the caller's to close. */
    public static Toolbox over(Larder larder) {
        return new Toolbox(larder.host());
    }

    /**
     * A lock for each key.
     *
     * @param template the key: text with {@code {key}} for the argument, {@code {key.property}} for a property of it; if the
     *     argument is a record, its components by their names
     * @param keyType the argument's class
     * @throws IllegalArgumentException if the template cannot work, or its store has no atomic changes
     */
    public <K> SharedLock<K> lock(String template, Class<K> keyType, LockPolicy policy) {
        return new SharedLock<>(host, host.cells(LOCK, template, keyType), policy, new Pauses());
    }

    /** A rate limit for each key. Parameters and exceptions as those of {@link #lock}. */
    public <K> RateLimiter<K> rateLimiter(String template, Class<K> keyType, RateLimit limit) {
        return new RateLimiter<>(host, host.cells(RATE, template, keyType), limit);
    }
}
