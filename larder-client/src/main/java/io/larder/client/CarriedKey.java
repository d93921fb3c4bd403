package io.larder.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The key in front of a value, for keys that their form on the wire does not tell:
 *
 * <pre>  length of the key, 2 bytes, big-endian | key in UTF-8 | value </pre>
 */
final class CarriedKey {
    private static final int LENGTH_BYTES = 2;

    private final byte[] key;

    CarriedKey(String key) {
        this.key = key.getBytes(StandardCharsets.UTF_8);
    }

    Encoded before(Encoded value) {
        byte[] data = value.data();
        byte[] whole = new byte[LENGTH_BYTES + key.length + data.length];
        whole[0] = (byte) (key.length >> 8);
        whole[1] = (byte) key.length;
        System.arraycopy(key, 0, whole, LENGTH_BYTES, key.length);
        System.arraycopy(data, 0, whole, LENGTH_BYTES + key.length, data.length);
        return new Encoded(value.flags(), whole);
    }

    /** The value behind this key; null if another key is in front, or none. */
    byte @Nullable [] behind(byte[] whole) {
        int start = LENGTH_BYTES + key.length;
        boolean mine = whole.length >= start
                && (whole[0] & 0xff) == key.length >> 8
                && whole[1] == (byte) key.length
                && Arrays.equals(whole, LENGTH_BYTES, start, key, 0, key.length);
        return mine ? Arrays.copyOfRange(whole, start, whole.length) : null;
    }
}
