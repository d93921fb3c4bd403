package io.larder.storage;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An item where it lies, its header read once. Confined to one thread, and valid as long as its segments are protected.
 *
 * <p>The value never changes in place; expiry, marks and token may, so they are kept here as they were when read.
 */
final class ItemView implements ItemStore.Item {
    private final Segments segments;

    /** Of number 0 before the first use. */
    Segment segment;

    int offset;
    int word;
    int size;
    long cas;
    long deadline;
    int flags;
    int keyBytes;
    int keyAt;
    int valueBytes;
    int parts;

    /** Of the whole record, with padding. */
    int recordBytes;

    /** Second of the store's clock when it was found, which what is shown is relative to. Set by the worker. */
    long now;

    /** Where the last copy ended, so that copying a large value piece by piece does not start over each time. */
    private int cursorPart;

    private int cursorStart;

    ItemView(Segments segments) {
        this.segments = segments;
        this.segment = segments.at(0);
    }

    void load(long location) {
        load(segments.at(Slot.segment(location)), Slot.offset(location));
    }

    void load(Segment from, int at) {
        ByteBuffer memory = from.memory;
        segment = from;
        offset = at;
        word = (int) Segment.WORDS.getAcquire(memory, at + ItemLayout.WORD);
        size = memory.getInt(at + ItemLayout.SIZE);
        cas = memory.getInt(at + ItemLayout.CAS) & 0xffff_ffffL;
        keyBytes = ItemLayout.keyBytes(word);
        keyAt = at + ItemLayout.keyOffset(word);
        int expiry = word >>> ItemLayout.EXPIRY_SHIFT;
        deadline = expiry == 0 ? StoreClock.NEVER : from.baseSeconds + expiry;
        flags = 0;
        parts = 0;
        valueBytes = size & ItemLayout.SIZE_MAX;
        if ((word & ItemLayout.EXTENSIONS) != 0) {
            loadExtensions(memory);
        }
        int valueOrParts = parts == 0 ? valueBytes : parts * ItemLayout.LOCATION_BYTES;
        recordBytes = ItemLayout.aligned(keyAt - at + keyBytes + valueOrParts);
    }

    private void loadExtensions(ByteBuffer memory) {
        int at = offset + ItemLayout.HEADER_BYTES;
        if ((word & ItemLayout.LONG_EXPIRY) != 0) {
            deadline = memory.getInt(at) & 0xffff_ffffL;
            at += ItemLayout.EXTENSION_BYTES;
        }
        if ((word & ItemLayout.CLIENT_FLAGS) != 0) {
            flags = memory.getInt(at);
            at += ItemLayout.EXTENSION_BYTES;
        }
        if ((word & ItemLayout.HIGH_CAS) != 0) {
            cas |= (long) memory.getInt(at) << 32;
            at += ItemLayout.EXTENSION_BYTES;
        }
        if ((word & ItemLayout.LARGE) != 0) {
            parts = size & ItemLayout.SIZE_MAX;
            valueBytes = memory.getInt(at);
            cursorPart = 0;
            cursorStart = 0;
        }
    }

    long location() {
        return Slot.location(segment.id, offset);
    }

    boolean has(int flag) {
        return (word & flag) != 0;
    }

    /** Second of the store's clock. */
    long accessSeconds() {
        return segment.baseSeconds + AccessAge.decode(size >>> ItemLayout.SIZE_BITS);
    }

    /** Sets a flag where the item lies; {@link #word} stays as it was read. */
    void mark(int flag) {
        int seen = word;
        while ((seen & flag) == 0 && !Segment.WORDS.compareAndSet(segment.memory, offset, seen, seen | flag)) {
            seen = (int) Segment.WORDS.getVolatile(segment.memory, offset);
        }
    }

    /** Writes the time of use down, unless what is written says the same: a hot item is written once a second at most. */
    void setAccess(long nowSeconds) {
        int access = AccessAge.encode(nowSeconds - segment.baseSeconds);
        if (access != size >>> ItemLayout.SIZE_BITS) {
            int changed = access << ItemLayout.SIZE_BITS | (size & ItemLayout.SIZE_MAX);
            Segment.WORDS.setOpaque(segment.memory, offset + ItemLayout.SIZE, changed);
        }
    }

    /** Whether the record has room for a deadline. */
    boolean canHold(long other) {
        return has(ItemLayout.LONG_EXPIRY)
                || other == StoreClock.NEVER
                || other - segment.baseSeconds <= ItemLayout.EXPIRY_MAX;
    }

    /** Writes a deadline it {@link #canHold} where the item lies. Under the stripe. */
    void setDeadline(long changed) {
        deadline = changed;
        if (has(ItemLayout.LONG_EXPIRY)) {
            segment.memory.putInt(offset + ItemLayout.HEADER_BYTES, (int) changed);
            return;
        }
        int expiry = changed == StoreClock.NEVER ? 0 : (int) (changed - segment.baseSeconds);
        int seen = word;
        while (!Segment.WORDS.compareAndSet(segment.memory, offset, seen, withExpiry(seen, expiry))) {
            seen = (int) Segment.WORDS.getVolatile(segment.memory, offset);
        }
    }

    private static int withExpiry(int word, int expiry) {
        return expiry << ItemLayout.EXPIRY_SHIFT | (word & ((1 << ItemLayout.EXPIRY_SHIFT) - 1));
    }

    long part(int index) {
        return segment.memory.getLong(keyAt + keyBytes + index * ItemLayout.LOCATION_BYTES);
    }

    /** Of the part's record, its value and header, with padding. */
    static int partBytes(Segment holder, int at) {
        return ItemLayout.aligned(PartLayout.HEADER_BYTES + holder.memory.getInt(at + PartLayout.SIZE));
    }

    /** Names all segments of this item as held while the call ends. */
    void leaveHeld(Guard guard) {
        if (parts == 0) {
            guard.leaveHolding(segment.id);
            return;
        }
        for (int i = 0; i < parts; i++) {
            guard.hold(i, Slot.segment(part(i)));
        }
        guard.leaveHolding(parts, segment.id);
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public long cas() {
        return cas;
    }

    @Override
    public int valueBytes() {
        return valueBytes;
    }

    @Override
    public long bytes() {
        long bytes = recordBytes;
        for (int i = 0; i < parts; i++) {
            long part = part(i);
            bytes += partBytes(segments.at(Slot.segment(part)), Slot.offset(part));
        }
        return bytes;
    }

    @Override
    public long ttlSeconds() {
        return deadline == StoreClock.NEVER ? -1 : Math.max(0, deadline - now);
    }

    @Override
    public long idleSeconds() {
        return Math.max(0, now - accessSeconds());
    }

    @Override
    public boolean isFetched() {
        return has(ItemLayout.FETCHED);
    }

    @Override
    public boolean isStale() {
        return has(ItemLayout.STALE);
    }

    @Override
    public boolean isWon() {
        return has(ItemLayout.WON);
    }

    @Override
    public void copyValue(int from, int length, ByteBuffer target) {
        if (target.remaining() < length) {
            throw new IllegalArgumentException(
                    "target has room for %d bytes, not %d".formatted(target.remaining(), length));
        }
        copyTo(from, length, target, target.position());
        target.position(target.position() + length);
    }

    /** Copies value bytes to an absolute place. */
    void copyTo(int from, int length, ByteBuffer target, int at) {
        Objects.checkFromIndexSize(from, length, valueBytes);
        if (parts == 0) {
            target.put(at, segment.memory, keyAt + keyBytes + from, length);
        } else {
            copyParts(from, length, target, at);
        }
    }

    private void copyParts(int from, int length, ByteBuffer target, int at) {
        if (from < cursorStart) {
            cursorPart = 0;
            cursorStart = 0;
        }
        int copied = 0;
        while (copied < length) {
            long location = part(cursorPart);
            ByteBuffer memory = segments.at(Slot.segment(location)).memory;
            int partAt = Slot.offset(location);
            int partLength = memory.getInt(partAt + PartLayout.SIZE);
            int skip = from + copied - cursorStart;
            if (skip >= partLength) {
                cursorPart++;
                cursorStart += partLength;
                continue;
            }
            int count = Math.min(partLength - skip, length - copied);
            target.put(at + copied, memory, partAt + PartLayout.HEADER_BYTES + skip, count);
            copied += count;
        }
    }
}
