package io.larder.client;

/** How the key of a caller becomes the key on the wire. Must be injective: two keys never share one item. */
public interface KeyPolicy {
    /** Longest key on the wire, in bytes. */
    int BYTES_MAX = 250;

    /** Keys are sent in UTF-8 as they are; those memcached cannot hold are refused. */
    KeyPolicy STRICT = new StrictKeys();

    /**
     * The key on the wire.
     *
     * @param key with the prefix of the client
     * @return 1 to {@value #BYTES_MAX} bytes, none of them below 0x21 or 0x7f
     * @throws IllegalArgumentException if the policy refuses the key
     */
    byte[] encode(String key);
}
