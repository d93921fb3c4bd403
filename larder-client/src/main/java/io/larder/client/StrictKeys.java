package io.larder.client;

import io.larder.base.Printable;
import java.nio.charset.StandardCharsets;

/** Keys as they are, in UTF-8; refuses what the classic protocol cannot carry. */
final class StrictKeys implements KeyPolicy {
    private static final int DELETE_CHAR = 0x7f;

    @Override
    public byte[] encode(String key) {
        return checked(key, key.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether memcached takes all of these bytes in a key. */
    static boolean isPlain(byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0 && (b <= ' ' || b == DELETE_CHAR)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The bytes of a key, if memcached takes them.
     *
     * @throws IllegalArgumentException if not
     */
    static byte[] checked(String key, byte[] bytes) {
        if (bytes.length == 0 || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "key \"%s\" has %d bytes with its prefix, allowed are 1 to %d; shorten or hash it"
                            .formatted(Printable.of(key), bytes.length, BYTES_MAX));
        }
        for (byte b : bytes) {
            if (b >= 0 && (b <= ' ' || b == DELETE_CHAR)) {
                throw new IllegalArgumentException(
                        "key \"%s\" has the byte 0x%02x; memcached allows no blanks and no control characters in keys"
                                .formatted(Printable.of(key), b));
            }
        }
        if (Utf8.isBroken(key)) {
            throw new IllegalArgumentException(
                    "key \"%s\" has half a surrogate pair, which UTF-8 cannot tell from another"
                            .formatted(Printable.of(key)));
        }
        return bytes;
    }
}
