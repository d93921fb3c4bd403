package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A key being looked for, its hash, and the slot where it was found. Confined to one thread.
 *
 * <pre>
 *  hash: | tag (24) | sample (8) | ghost (16) | chunk (16) |
 * </pre>
 */
final class Probe {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long[] NOWHERE = {};

    /** Longest key and a word to spare. */
    final byte[] key = new byte[256];

    int keyBytes;
    long hash;

    /** Where the slot is and what it held when it was found. */
    long[] block = NOWHERE;

    int at;
    long slot;

    private final long seed;

    Probe(long seed) {
        this.seed = seed;
    }

    /** Takes the key between position and limit. */
    void load(ByteBuffer from) {
        int length = from.remaining();
        if (length == 0 || length > ItemStore.KEY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "key has %d bytes, not 1 to %d".formatted(length, ItemStore.KEY_BYTES_MAX));
        }
        load(from, from.position(), length);
    }

    void load(ByteBuffer from, int offset, int length) {
        from.get(offset, key, 0, length);
        keyBytes = length;
        hash = WyHash.hash(key, length, seed);
    }

    /** For a record that knows its hash but not its key. */
    void load(long knownHash) {
        keyBytes = 0;
        hash = knownHash;
    }

    int tag() {
        return (int) (hash >>> (Long.SIZE - Slot.TAG_BITS));
    }

    int ghost() {
        return (int) (hash >>> 16) & 0xffff;
    }

    int sample() {
        return (int) (hash >>> 32) & 0xff;
    }

    /** Whether the item at an offset has this key. */
    boolean matches(ByteBuffer memory, int offset) {
        int word = memory.getInt(offset);
        return ItemLayout.keyBytes(word) == keyBytes && matchesKey(memory, offset + ItemLayout.keyOffset(word));
    }

    private boolean matchesKey(ByteBuffer memory, int start) {
        int i = 0;
        for (; i + Long.BYTES <= keyBytes; i += Long.BYTES) {
            if (memory.getLong(start + i) != (long) LONGS.get(key, i)) {
                return false;
            }
        }
        for (; i < keyBytes; i++) {
            if (memory.get(start + i) != key[i]) {
                return false;
            }
        }
        return true;
    }
}
