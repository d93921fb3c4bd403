package io.larder.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A store as one cached function sees it: typed, and answering with lookups instead of exceptions. Thread-safe. */
interface Shelf<V extends @Nullable Object> {
    /** What can be seen without leaving the process; cheap, and allocates nothing. */
    Lookup<V> glance(String key);

    /** What the store holds. */
    Lookup<V> find(String key);

    /**
     * Keeps a value.
     *
     * @param ttl how long it is fresh
     * @param kept how long it is there, at least as long
     * @throws RuntimeException if the value was not kept
     */
    void put(String key, V value, Meta meta, Duration ttl, Duration kept);

    /**
     * Keeps a failure in place of a value.
     *
     * @throws RuntimeException if it was not kept
     */
    void putNegative(String key, Lookup.Negative<V> negative, Duration ttl);

    /**
     * Forgets a key.
     *
     * @throws RuntimeException if the key may still be there
     */
    void remove(String key);
}
