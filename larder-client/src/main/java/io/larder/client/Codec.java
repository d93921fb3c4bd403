package io.larder.client;

/**
 * Turns values into bytes and flags, and back. Must be thread-safe; runs in the thread of the caller.
 *
 * @param <V> type of the values, never null
 */
public interface Codec<V> {
    /**
     * The stored form of a value.
     *
     * @throws IllegalArgumentException if the value has none
     */
    Encoded encode(V value);

    /**
     * The value of a stored form.
     *
     * @param flags an unsigned 32-bit number, as its writer chose it
     * @param data handed over: the codec may keep or change it
     * @throws RuntimeException if it is none; callers see {@link UnreadableValueException} with this as cause
     */
    V decode(int flags, byte[] data);
}
