package io.larder.cache.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The part of a store that several processes change without losing each other's changes: small values and counters under
 * text keys, for locks and limits. A store with the capability {@link Capability#ATOMIC} has it.
 *
 * <p>Each call takes effect as a whole, at one moment between its begin and its return. Keys are as those of {@link Store};
 * no key is used for an entry too, nor for a value and a counter. A cell ends with its TTL, at least 1 ms and never early;
 * a store with coarse clocks keeps it up to two seconds longer. A store that has no room for another cell raises, and
 * does not forget one whose TTL is running where it can help it.
 *
 * <p>Every method may be called by any thread, may block as long as the store's own timeout allows, and raises an unchecked
 * exception when the store cannot be reached; a change may have taken place then.
 */
public interface Cells {
    /** What is there now, or {@code null}. */
    @Nullable
    Cell find(String key);

    /** Begins a cell where there is none; false if there is one. */
    boolean add(String key, byte[] value, Duration ttl);

    /**
     * Gives a cell a new value and TTL if it is still as it was seen; false if it was changed since, or is gone.
     *
     * @param version {@link Cell#version()} of what was seen
     */
    boolean replace(String key, byte[] value, long version, Duration ttl);

    /**
     * Adds to a counter, and answers its new number. Where there is none it counts as {@code start}; only adding one or more
     * begins it then. Taking away stops at zero.
     *
     * @param by 0 only asks; below 0 takes away
     * @param start zero or more
     * @param ttl of a counter that begins here; one that is there keeps its own
     */
    long count(String key, long by, long start, Duration ttl);
}
