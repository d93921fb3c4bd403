package io.larder.toolbox;

import io.larder.cache.Larder;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Host;
import java.util.List;

/**
 * Makes locks, rate limits and circuit breakers that are kept in the store of a {@link Larder}: by {@code mem:} for this process, by
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
 * <p>Two objects made with the same template and policy, here or in another process, are the same lock, limit or shared breaker. Thread-safe.
 */
public final class Toolbox {
    static final String LOCK = "lock";
    static final String BREAKER = "breaker";
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
        return new SharedLock<>(host, host.cells(LOCK, template, keyType), template, policy, new Pauses());
    }

    /**
     * A circuit breaker for each key. Parameters and exceptions as those of {@link #lock}; one that is not shared needs nothing of the
     * store.
     */
    public <K> CircuitBreaker<K> circuitBreaker(String template, Class<K> keyType, BreakerPolicy policy) {
        CellSpace<K> space = policy.isShared()
                ? host.cells(BREAKER, template, keyType)
                : host.processCells(BREAKER, template, keyType);
        return new CircuitBreaker<>(host, space, template, policy);
    }

    /** What all limits of this Larder have counted in this process, by template; those behind annotations included. */
    public List<LimitStats> limits() {
        return Tallies.of(host).limits();
    }

    /** As {@link #limits}, of locks. */
    public List<LockStats> locks() {
        return Tallies.of(host).locks();
    }

    /** What all breakers of this Larder have counted in this process, by template; those behind annotations included. */
    public List<BreakerStats> breakers() {
        return Breakers.of(host).stats();
    }

    /** A rate limit for each key. Parameters and exceptions as those of {@link #lock}. */
    public <K> RateLimiter<K> rateLimiter(String template, Class<K> keyType, RateLimit limit) {
        return new RateLimiter<>(host, host.cells(RATE, template, keyType), template, limit);
    }
}
