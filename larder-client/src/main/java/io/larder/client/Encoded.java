package io.larder.client;

/** The stored form of a value: bytes, and 32 flags that memcached keeps beside them. */
public final class Encoded {
    private final int flags;
    private final byte[] data;

    /**
     * Wraps a stored form.
     *
     * @param flags an unsigned 32-bit number
     * @param data handed over: not copied, not to be changed afterwards
     */
    public Encoded(int flags, byte[] data) {
        this.flags = flags;
        this.data = data;
    }

    /** The flags, an unsigned 32-bit number. */
    public int flags() {
        return flags;
    }

    /** The bytes themselves, not a copy. */
    public byte[] data() {
        return data;
    }
}
