package io.larder.client;

/** How the key of a caller becomes the key on the wire. Must be injective: two keys never share one item. */
public interface KeyPolicy {
    /** Longest key on the wire, in bytes. */
    int BYTES_MAX = 250;

    /** Keys are sent in UTF-8 as they are; those memcached cannot hold are refused. */
    KeyPolicy STRICT = new StrictKeys();

    /** Blanks, control characters and percent signs are sent as {@code %hh}, all else as it is. */
    KeyPolicy PERCENT = new PercentKeys();

    /** Keys are sent as URL-safe base64 of their UTF-8: any text of up to 187 bytes, prefix included. */
    KeyPolicy BASE64 = new Base64Keys();

    /**
     * Keys that memcached cannot hold are sent as a digest, all others as they are. What is stored under a digest carries the key,
     * and reading compares it: a collision is a miss, never another key's value. Such keys can be read by this policy alone, and
     * cannot count or be prepended to.
     */
    KeyPolicy HASH = new HashedKeys();

    /**
     * The key on the wire.
     *
     * @param key with the prefix of the client
     * @return 1 to {@value #BYTES_MAX} bytes, none of them below 0x21 or 0x7f
     * @throws IllegalArgumentException if the policy refuses the key
     */
    byte[] encode(String key);
}
