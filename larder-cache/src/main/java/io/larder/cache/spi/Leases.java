package io.larder.cache.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The part of a store outside that lets the processes which share it load a key once, and lets a removal by any of them beat a
 * load in any other. A store with the capability {@link Capability#LEASES} has it.
 *
 * <p>Of all who look for a key that is not there, one is given a lease; the others are told that somebody has it, until a value is
 * put, the lease is given back, the key is removed, or the lease has ended. Whoever looks gets a token of what he saw, and stores
 * by it: that succeeds only if nothing was put and nothing removed since. {@link Store#find}, {@link Store#put} and
 * {@link Store#remove} know nothing of leases: to the first a key with a lease is not there, the others end it.
 *
 * <p>Every method may be called by any thread, may block as long as the store's own timeout allows, and raises an unchecked
 * exception when the store cannot be reached.
 */
public interface Leases {
    /**
     * Looks for keys, and takes leases of those that are not there.
     *
     * @param keys at least one
     * @param others looked for in the same request, without leases
     * @param lease how long one who is given a lease keeps the others waiting, at least 1 ms; a store with a coarse clock rounds
     *     up, and may end it a second early or late. {@link Duration#ZERO} to take none
     */
    Answer findAll(Collection<String> keys, Collection<String> others, Duration lease);

    /**
     * As {@link #findAll}, for one.
     *
     * @throws RuntimeException if the store could not answer
     */
    default Leased find(String key, Duration lease) {
        Answer answer = findAll(List.of(key), List.of(), lease);
        RuntimeException failure = answer.others().failures().get(key);
        if (failure != null) {
            throw failure;
        }
        return answer.keys().getOrDefault(key, Leased.NOTHING);
    }

    /**
     * Keeps a value if nothing was put or removed under the key since the token was given; false if there was.
     *
     * @param token of {@link Leased}
     * @param ttl as for {@link Store#put}
     * @throws NotKeptException if the store refused this value; what was there is gone, unless it was changed since
     * @throws RuntimeException if the value may not have been kept
     */
    boolean put(String key, byte[] value, long token, Duration ttl);

    /**
     * Gives a lease back, so that the next who looks is given one; or removes what was seen, if it is still there.
     *
     * @throws RuntimeException if it may still stand; it ends by itself
     */
    void giveBack(String key, long token);

    /**
     * The answer to {@link Leases#findAll}.
     *
     * @param keys what was found of the keys that could be asked for
     * @param others the other keys; and the failures of all
     */
    record Answer(Map<String, Leased> keys, Found<byte[]> others) {
        public Answer {
            keys = Map.copyOf(keys);
        }
    }
}
