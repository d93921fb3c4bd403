package io.larder.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A stored item and its places in table and list. Guarded by the lock of its stripe; the arrays never change. */
final class LruEntry {
    /**
     * What an entry takes besides key and value: the object (64 bytes), two array headers, its table slot, and rounding
     * up to 8 bytes twice, on a JVM with compressed pointers.
     */
    static final int OVERHEAD_BYTES = 64 + 2 * 16 + 8 + 8;

    final byte[] key;
    final int hash;
    byte[] value;
    int flags;
    long cas;
    long deadlineNanos;
    boolean expires;
    boolean fetched;
    long storedNanos;

    @Nullable
    LruEntry nextInBucket;

    LruEntry newer = this;
    LruEntry older = this;

    LruEntry(byte[] key, int hash, byte[] value) {
        this.key = key;
        this.hash = hash;
        this.value = value;
    }

    long bytes() {
        return (long) key.length + value.length + OVERHEAD_BYTES;
    }

    boolean hasKey(ByteBuffer other, int otherHash) {
        if (hash != otherHash || key.length != other.remaining()) {
            return false;
        }
        for (int i = 0, start = other.position(); i < key.length; i++) {
            if (key[i] != other.get(start + i)) {
                return false;
            }
        }
        return true;
    }

    void unlinkFromList() {
        newer.older = older;
        older.newer = newer;
    }

    void linkBehind(LruEntry head) {
        older = head.older;
        newer = head;
        head.older.newer = this;
        head.older = this;
    }
}
