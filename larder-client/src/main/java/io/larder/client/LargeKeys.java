package io.larder.client;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Remembers which keys of a node have large values, so that reading one does not hold up small replies. A fixed table of hashes:
 * one that is taken for large by mistake, or forgotten, only goes the other way. Thread-safe.
 */
final class LargeKeys {
    private static final int SLOT_BITS = 10;
    private static final int GOLDEN = 0x9e3779b9;

    private final int largeBytes;
    private final AtomicIntegerArray hashes = new AtomicIntegerArray(1 << SLOT_BITS);

    /** Whether there has ever been one: where all values are small, nobody pays. */
    private volatile boolean any;

    /** @param largeBytes size up to which a value is not large */
    LargeKeys(int largeBytes) {
        this.largeBytes = largeBytes;
    }

    boolean contains(byte[] key) {
        if (!any) {
            return false;
        }
        int hash = hash(key);
        return hashes.get(slot(hash)) == hash;
    }

    /** Takes note of the size of a value. */
    void note(byte[] key, int bytes) {
        boolean large = bytes > largeBytes;
        if (!large && !any) {
            return;
        }
        any = true;
        int hash = hash(key);
        int slot = slot(hash);
        if (large) {
            hashes.set(slot, hash);
        } else if (hashes.get(slot) == hash) {
            hashes.set(slot, 0);
        }
    }

    /** Never 0, which stands for none. */
    private static int hash(byte[] key) {
        return (Arrays.hashCode(key) * GOLDEN) | 1;
    }

    private static int slot(int hash) {
        return hash >>> (Integer.SIZE - SLOT_BITS);
    }
}
