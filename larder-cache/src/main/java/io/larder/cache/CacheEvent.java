package io.larder.cache;

import java.time.Duration;
import java.util.function.Supplier;

/** What a {@link CacheListener} is told. Functions are named by their key templates, as first defined. */
public sealed interface CacheEvent {
    /**
     * A key template with its first function.
     *
     * @param namespace empty for none
     * @param route as in {@link FunctionStats#route()}
     * @param store as in {@link FunctionStats#store()}
     * @param stats the counters of each moment
     */
    record Defined(String function, String namespace, String route, String store, Supplier<CacheStats> stats)
            implements CacheEvent {}

    /**
     * A get that has ended.
     *
     * @param outcome what it was answered with; a get that fails as its loader did is a {@code MISS} or {@code UNAVAILABLE}
     */
    record Get(String function, String key, Detector.Outcome outcome, Detector.Level level) implements CacheEvent {}

    /**
     * A loader call that begins.
     *
     * @param key the first, where it is for several
     * @param keys how many it is for, at least 1
     * @param refresh whether nobody waits for it, as there is a value to serve meanwhile
     */
    record LoadBegun(String function, String key, int keys, boolean refresh) implements CacheEvent {}

    /**
     * A loader call that has ended.
     *
     * @param key the first, where it was for several
     * @param duration by the ticker
     */
    record LoadEnded(String function, String key, int keys, boolean refresh, Duration duration, LoadOutcome outcome)
            implements CacheEvent {}

    /** What an {@link Invalidation} names. */
    enum Target {
        /** One entry, which is forgotten. */
        KEY,
        /** One entry, whose TTL ends and which is kept as stale where the policy says so. */
        KEY_EXPIRED,
        /** All entries with a tag. */
        TAG,
        /** All entries of a namespace. */
        NAMESPACE
    }

    /**
     * An invalidation.
     *
     * @param function empty for a tag or a namespace
     * @param name the key, the tag or the namespace
     */
    record Invalidation(String function, Target target, String name) implements CacheEvent {}

    /**
     * A store that failed.
     *
     * @param function empty for the invalidation of a tag or a namespace
     * @param key of the entry, or of the tag's version
     */
    record StoreFailure(String function, String key, RuntimeException cause) implements CacheEvent {}

    /** What a breaker does with calls. */
    enum BreakerState {
        /** The store is asked. */
        CLOSED,
        /** The store is left alone. */
        OPEN,
        /** One call tries the store. */
        PROBING
    }

    /**
     * A breaker that has changed its state.
     *
     * @param store as in {@link StoreHealth#store()}
     */
    record Breaker(String store, BreakerState state) implements CacheEvent {}

    /**
     * A removal that a store has missed.
     *
     * @param recovered whether the store has been told at last
     */
    record MissedRemoval(String store, String key, boolean recovered) implements CacheEvent {}
}
