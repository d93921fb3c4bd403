package io.larder.cache;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store as one cached function sees it: typed, and answering with lookups instead of exceptions. Markers are those the
 * reader's entry depends on; an entry that was not written under all of them, or under a version that is gone, is
 * absent. Thread-safe.
 */
interface Shelf<V extends @Nullable Object> {
    /** What can be seen without leaving the process; cheap, and allocates nothing. */
    Lookup<V> glance(String key, List<String> markers);

    /** Whether its store is in this process, and thus never blocks. */
    default boolean isHere() {
        return false;
    }

    /** What the store holds. */
    Lookup<V> find(String key, List<String> markers);

    /**
     * What was found, with what is needed to write it again.
     *
     * @param versions of a value or a failure; none otherwise
     * @param claim what may be stored over
     */
    record Entry<V extends @Nullable Object>(Lookup<V> lookup, Versions versions, Claim claim) {
        /** Of a store that does not compare. */
        Entry(Lookup<V> lookup, Versions versions) {
            this(lookup, versions, Claim.ANY);
        }
    }

    /** What the store holds, and what it was written under. Of several stores, that which the others follow. */
    Entry<V> findEntry(String key, List<String> markers);

    /**
     * As {@link #find}, for one who loads what is missing.
     *
     * @param lease how long others shall wait for him then; zero if they need not
     */
    Entry<V> claim(String key, List<String> markers, Duration lease);

    /** Whether what was seen can be compared with what is there when a value is put. */
    default boolean compares() {
        return false;
    }

    /**
     * Asks for the turn to load a key whose old value is still there, so that there is no lease of the key itself.
     *
     * @return a lease to be given back after the load; one that is promised to another; or {@link Claim#ANY} where there are no
     *     turns, or the store cannot tell
     */
    default Claim turn(String key, Duration lease) {
        return Claim.ANY;
    }

    /** As {@link #claim}, for each key, given with its markers. */
    Map<String, Entry<V>> claimAll(Map<String, List<String>> keys, Duration lease);

    /** What the store holds for each key, given with its markers. */
    Map<String, Lookup<V>> findAll(Map<String, List<String>> keys);

    /** What each place holds, the nearest first. Changes nothing, counts nothing, and makes up for nothing. */
    List<Inspection<V>> inspect(String key, List<String> markers);

    /**
     * Keeps a value.
     *
     * @param ttl how long it is fresh
     * @param kept how long it is there, at least as long
     * @param versions those read before the value was loaded
     * @param claim what it may be stored over; if that is not there any more, nothing happens
     * @return whether it was kept
     * @throws RuntimeException if it was not kept because the store failed
     */
    boolean put(String key, V value, Meta meta, Duration ttl, Duration kept, Versions versions, Claim claim);

    /**
     * Keeps a failure in place of a value; as {@link #put}.
     *
     * @throws RuntimeException if it was not kept because the store failed
     */
    boolean putNegative(String key, Lookup.Negative<V> negative, Duration ttl, Versions versions, Claim claim);

    /** Whether there is a store in this process before one outside. */
    default boolean keepsCopies() {
        return false;
    }

    /** Keeps a value in this process alone, if {@link #keepsCopies}; it has no tags. */
    default void putCopy(String key, V value, Meta meta, Duration ttl, Duration kept) {}

    /** Keeps a failure in this process alone, if {@link #keepsCopies}; it has no tags. */
    default void putNegativeCopy(String key, Lookup.Negative<V> negative, Duration ttl) {}

    /**
     * Forgets a key.
     *
     * @throws RuntimeException if the key may still be there
     */
    void remove(String key);

    /** Where its store keeps the versions of tags. */
    Markers markers();
}
