package io.larder.cache.spi;

/**
 * The form in which values of one declared type are kept outside the process. Thread-safe.
 *
 * <p>The framework puts the result into its envelope, with times, checksum or signature, and compression: a codec sees only whole
 * bytes that were written for the key, by one of the same shape.
 */
public interface Codec {
    /**
     * The bytes of a value, which is never null.
     *
     * @throws RuntimeException if it is not of the declared type; the caller gets the value, and it is not stored
     */
    byte[] encode(Object value);

    /**
     * The value of bytes.
     *
     * @throws RuntimeException if they are none; the entry is then a counted miss
     */
    Object decode(byte[] bytes);

    /**
     * The form as text, of any length. Whatever changes the meaning of the bytes must change it: the names and types of all parts,
     * and the codec's own settings. A hash of it goes with each entry, so that entries of a changed class are misses.
     */
    String shape();
}
