package io.larder.cache.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place that keeps entries under text keys until their TTL ends or room is needed: an {@link ObjectStore} in the
 * process or a {@link ByteStore} outside of it.
 *
 * <p>Keys are 1 to 200 printable ASCII characters without blanks. Every method may be called by any thread, may block
 * for as long as the store's own timeout allows, and raises an unchecked exception when the store cannot be reached: the
 * framework then goes on without it and counts that. A store does not retry in the background what it has reported as
 * failed.
 *
 * @param <T> the form in which it keeps values
 */
public sealed interface Store<T> extends AutoCloseable permits ObjectStore, ByteStore {
    /** The TTL of an entry that stays until it is evicted or removed. */
    Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    /** What it can do by itself; here entries end with their TTL, and a lookup sees what was written. */
    default Set<Capability> capabilities() {
        return Set.of(Capability.TTL, Capability.CURRENT);
    }

    /**
     * What is kept under the key, or {@code null} for nothing. A lookup never lengthens an entry's life.
     *
     * @throws RuntimeException if the store could not answer, which is not the same as nothing
     */
    @Nullable
    T find(String key);

    /**
     * Looks for many keys. A store with a request for many answers this by one; where it has none, as here, they are asked for
     * one by one. Never raises what a single key's failure is: that is in the answer.
     */
    default Found<T> findAll(Collection<String> keys) {
        Map<String, T> values = new HashMap<>();
        Map<String, RuntimeException> failures = new HashMap<>();
        for (String key : keys) {
            try {
                T value = find(key);
                if (value != null) {
                    values.put(key, value);
                }
            } catch (RuntimeException e) {
                failures.put(key, e);
            }
        }
        return new Found<>(values, failures);
    }

    /**
     * Keeps a value, in place of any other under this key.
     *
     * @param ttl at least 1 ms, {@link #FOREVER} at most; a store with coarser clocks rounds up
     * @throws NotKeptException if the store refused this value, and has removed what was there
     * @throws RuntimeException if the value may not have been kept
     */
    void put(String key, T value, Duration ttl);

    /**
     * Forgets the key; it need not exist.
     *
     * @throws RuntimeException if the key may still be there
     */
    void remove(String key);

    /** What it has counted; a store need not count. */
    default Optional<StoreCounts> counts() {
        return Optional.empty();
    }

    /**
     * Its cells; closed with the store.
     *
     * @throws UnsupportedOperationException if it has none, as here, and does not declare {@link Capability#ATOMIC}
     */
    default Cells cells() {
        throw new UnsupportedOperationException("%s changes nothing atomically; write mem: or memcached://host:11211"
                .formatted(getClass().getSimpleName()));
    }

    /** Releases connections and memory. Closing twice does nothing; other calls after it may fail. */
    @Override
    void close();
}
