package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A key being looked for, its hash, and the slot where it was found. Confined to one thread.
 *
 * <pre>
 *  hash: | tag (24) | - (24) | chunk (16) |
 * </pre>
 */
final class Probe {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BUFFER_LONGS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Longest key and a word to spare. */
    final byte[] key = new byte[256];

    int keyBytes;
    long hash;

    /** Where the slot is and what it held when it was found. */
    Slab slab = Slab.NONE;

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
        copyIn(from, offset, length);
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

    /** Whether the item at an offset has this key. */
    boolean matches(ByteBuffer memory, int offset) {
        int word = memory.getInt(offset);
        return ItemLayout.keyBytes(word) == keyBytes && matchesKey(memory, offset + ItemLayout.keyOffset(word));
    }

    // Keys are short: words, the last of them overlapping the one before, cost less than a call that copies any length.

    private void copyIn(ByteBuffer from, int offset, int length) {
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                key[i] = from.get(offset + i);
            }
            return;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            LONGS.set(key, i, (long) BUFFER_LONGS.get(from, offset + i));
        }
        LONGS.set(key, last, (long) BUFFER_LONGS.get(from, offset + last));
    }

    /** Writes the key. */
    void copyTo(ByteBuffer memory, int start) {
        if (keyBytes < Long.BYTES) {
            for (int i = 0; i < keyBytes; i++) {
                memory.put(start + i, key[i]);
            }
            return;
        }
        int last = keyBytes - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            BUFFER_LONGS.set(memory, start + i, (long) LONGS.get(key, i));
        }
        BUFFER_LONGS.set(memory, start + last, (long) LONGS.get(key, last));
    }

    private boolean matchesKey(ByteBuffer memory, int start) {
        if (keyBytes < Long.BYTES) {
            for (int i = 0; i < keyBytes; i++) {
                if (memory.get(start + i) != key[i]) {
                    return false;
                }
            }
            return true;
        }
        int last = keyBytes - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            if ((long) BUFFER_LONGS.get(memory, start + i) != (long) LONGS.get(key, i)) {
                return false;
            }
        }
        return (long) BUFFER_LONGS.get(memory, start + last) == (long) LONGS.get(key, last);
    }
}
