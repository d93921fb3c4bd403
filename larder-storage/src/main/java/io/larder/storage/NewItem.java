package io.larder.storage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A record about to be written: header fields, and a value of up to three pieces. Confined to one thread and used again.
 *
 * <p>The value is {@code before}, then what {@code kept} holds, then {@code after}; a large one is written as parts first,
 * and the record then lists those.
 */
final class NewItem {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** Marks and other bits of {@link ItemLayout} that need no room of their own. */
    int marks;

    int flags;
    long cas;
    long deadline;
    long accessSeconds;
    int valueBytes;

    private ByteBuffer before = EMPTY;
    private @Nullable ItemView kept;
    private ByteBuffer after = EMPTY;

    private long[] parts = new long[8];
    private int partCount;
    private boolean partsShared;

    void value(ByteBuffer whole) {
        pieces(whole, null, EMPTY, whole.remaining());
    }

    void append(ItemView old, ByteBuffer addition) {
        pieces(EMPTY, old, addition, old.valueBytes + addition.remaining());
    }

    void prepend(ItemView old, ByteBuffer addition) {
        pieces(addition, old, EMPTY, old.valueBytes + addition.remaining());
    }

    void sameValue(ItemView old) {
        pieces(EMPTY, old, EMPTY, old.valueBytes);
    }

    /** Takes over what a new version of an item keeps. */
    void keepHeader(ItemView old) {
        marks = old.word & ItemLayout.BINARY_KEY;
        flags = old.flags;
        deadline = old.deadline;
    }

    /** Takes over all but the value, for a copy that is the same item. */
    void keepAll(ItemView old) {
        keepHeader(old);
        marks = old.word & (ItemLayout.BINARY_KEY | ItemLayout.STALE | ItemLayout.WON | ItemLayout.FETCHED);
        cas = old.cas;
        accessSeconds = old.accessSeconds();
    }

    /** Lets go of the caller's buffers. */
    void clear() {
        pieces(EMPTY, null, EMPTY, 0);
    }

    private void pieces(ByteBuffer first, @Nullable ItemView second, ByteBuffer third, int bytes) {
        before = first;
        kept = second;
        after = third;
        valueBytes = bytes;
        dropParts();
    }

    /** Bytes the record takes if the value lies in it, with padding. */
    long wholeBytes(int keyBytes, long nowSeconds) {
        return (ItemLayout.keyOffset(bits(nowSeconds) & ~ItemLayout.LARGE) + keyBytes + (long) valueBytes + 3) & ~3L;
    }

    /** Bytes the record takes with the parts added so far. */
    int recordBytes(int keyBytes, long nowSeconds) {
        return ItemLayout.aligned(ItemLayout.keyOffset(bits(nowSeconds)) + keyBytes + payloadBytes());
    }

    private int payloadBytes() {
        return partCount == 0 ? valueBytes : partCount * ItemLayout.LOCATION_BYTES;
    }

    private int bits(long nowSeconds) {
        return marks
                | (flags != 0 ? ItemLayout.CLIENT_FLAGS : 0)
                | (cas >>> 32 != 0 ? ItemLayout.HIGH_CAS : 0)
                | (isLong(nowSeconds) ? ItemLayout.LONG_EXPIRY : 0)
                | (partCount != 0 ? ItemLayout.LARGE : 0);
    }

    private boolean isLong(long nowSeconds) {
        return deadline != StoreClock.NEVER && deadline - nowSeconds >= Log.SHORT_TTL_SECONDS;
    }

    int partCount() {
        return partCount;
    }

    long part(int index) {
        return parts[index];
    }

    void dropParts() {
        partCount = 0;
        partsShared = false;
    }

    /** Lists the parts of a version that this one replaces, if it has any. */
    void keepParts(ItemView old) {
        dropParts();
        for (int i = 0; i < old.parts; i++) {
            addPart(old.part(i));
        }
        partsShared = partCount > 0;
    }

    /** Whether the parts were written for the version that this one replaces. */
    boolean sharesParts() {
        return partsShared;
    }

    private void addPart(long location) {
        if (partCount == parts.length) {
            parts = Arrays.copyOf(parts, 2 * partCount);
        }
        parts[partCount++] = location;
    }

    /** Writes the value from {@code from} on into the room and lists it; answers how many value bytes that were. */
    int writePart(Room room, long hash, int from) {
        ByteBuffer memory = room.segment.memory;
        int length = Math.min(room.bytes - PartLayout.HEADER_BYTES, valueBytes - from);
        memory.putInt(room.offset + PartLayout.WORD, 0);
        memory.putInt(room.offset + PartLayout.SIZE, length);
        memory.putLong(room.offset + PartLayout.HASH, hash);
        copyValue(from, length, memory, room.offset + PartLayout.HEADER_BYTES);
        addPart(room.location());
        return length;
    }

    /** Writes the record into room of {@link #recordBytes}. */
    void write(Room room, Probe probe, long nowSeconds) {
        ByteBuffer memory = room.segment.memory;
        long base = room.segment.baseSeconds;
        int bits = bits(nowSeconds);
        boolean inWord = deadline != StoreClock.NEVER && (bits & ItemLayout.LONG_EXPIRY) == 0;
        int expiry = inWord ? (int) (deadline - base) : 0;
        int access = AccessAge.encode(accessSeconds - base);
        int sizeOrParts = partCount == 0 ? valueBytes : partCount;
        int at = room.offset;
        memory.putInt(at + ItemLayout.WORD, expiry << ItemLayout.EXPIRY_SHIFT | bits | probe.keyBytes);
        memory.putInt(at + ItemLayout.SIZE, access << ItemLayout.SIZE_BITS | sizeOrParts);
        memory.putInt(at + ItemLayout.CAS, (int) cas);
        at = writeExtensions(memory, at + ItemLayout.HEADER_BYTES, bits);
        probe.copyTo(memory, at);
        at += probe.keyBytes;
        if (partCount == 0) {
            copyValue(0, valueBytes, memory, at);
        }
        for (int i = 0; i < partCount; i++) {
            memory.putLong(at + i * ItemLayout.LOCATION_BYTES, parts[i]);
        }
    }

    private int writeExtensions(ByteBuffer memory, int start, int bits) {
        int at = start;
        if ((bits & ItemLayout.LONG_EXPIRY) != 0) {
            memory.putInt(at, (int) deadline);
            at += ItemLayout.EXTENSION_BYTES;
        }
        if ((bits & ItemLayout.CLIENT_FLAGS) != 0) {
            memory.putInt(at, flags);
            at += ItemLayout.EXTENSION_BYTES;
        }
        if ((bits & ItemLayout.HIGH_CAS) != 0) {
            memory.putInt(at, (int) (cas >>> 32));
            at += ItemLayout.EXTENSION_BYTES;
        }
        if ((bits & ItemLayout.LARGE) != 0) {
            memory.putInt(at, valueBytes);
            at += ItemLayout.EXTENSION_BYTES;
        }
        return at;
    }

    private void copyValue(int from, int length, ByteBuffer memory, int to) {
        int done = copyPiece(before, from, length, memory, to);
        if (kept != null) {
            int skip = Math.max(0, from + done - before.remaining());
            int count = Math.max(0, Math.min(length - done, kept.valueBytes - skip));
            if (count > 0) {
                kept.copyTo(skip, count, memory, to + done);
                done += count;
            }
            int ahead = before.remaining() + kept.valueBytes;
            copyPiece(after, from + done - ahead, length - done, memory, to + done);
        }
    }

    private static int copyPiece(ByteBuffer piece, int from, int length, ByteBuffer memory, int to) {
        int count = Math.max(0, Math.min(length, piece.remaining() - from));
        if (count > 0) {
            memory.put(to, piece, piece.position() + from, count);
        }
        return count;
    }
}
