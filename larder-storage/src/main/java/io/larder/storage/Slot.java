package io.larder.storage;

/**
 * A slot of the index: where an item lies, how often it was used, and enough of its key's hash to place the slot.
 *
 * <pre>
 *  63               40 39 38 37                18 17               0
 * +-------------------+-----+--------------------+------------------+
 * | tag (24)          | uses| segment (20)       | offset / 4 (18)  |
 * +-------------------+-----+--------------------+------------------+
 * </pre>
 *
 * Zero is an empty slot: segments are numbered from 1. The low 38 bits are the item's <em>location</em>.
 */
final class Slot {
    static final int OFFSET_BITS = 18;
    static final int SEGMENT_BITS = 20;
    static final int USES_BITS = 2;
    static final int TAG_BITS = 24;

    static final int LOCATION_BITS = OFFSET_BITS + SEGMENT_BITS;
    static final int USES_MAX = (1 << USES_BITS) - 1;
    static final int SEGMENTS_MAX = (1 << SEGMENT_BITS) - 1;
    static final long EMPTY = 0;

    private static final long LOCATION_MASK = (1L << LOCATION_BITS) - 1;
    private static final int TAG_SHIFT = LOCATION_BITS + USES_BITS;
    private static final long ONE_USE = 1L << LOCATION_BITS;

    private Slot() {}

    static long of(int tag, int uses, long location) {
        return (long) tag << TAG_SHIFT | (long) uses << LOCATION_BITS | location;
    }

    static int tag(long slot) {
        return (int) (slot >>> TAG_SHIFT);
    }

    static int uses(long slot) {
        return (int) (slot >>> LOCATION_BITS) & USES_MAX;
    }

    /** The slot after one more use; only for one below {@link #USES_MAX}. */
    static long used(long slot) {
        return slot + ONE_USE;
    }

    static long location(long slot) {
        return slot & LOCATION_MASK;
    }

    static long location(int segment, int offset) {
        return (long) segment << OFFSET_BITS | offset >>> 2;
    }

    static int segment(long location) {
        return (int) ((location & LOCATION_MASK) >>> OFFSET_BITS);
    }

    /** In bytes from the segment's start. */
    static int offset(long location) {
        return ((int) location & ((1 << OFFSET_BITS) - 1)) << 2;
    }
}
