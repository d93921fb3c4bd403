package io.larder.storage;

/**
 * How an item lies in its segment: little endian, aligned to 4 bytes.
 *
 * <pre>
 *    0         1         2                   4
 *   +---------+---------+-------------------+
 *  0| key     | flags   | expiry (16)       |  word 0, swapped as a whole; expiry in seconds after the
 *   +---------+---------+-------------------+         segment's base, 0 never
 *  4| value bytes (16)  | access (16)       |  a large item: its number of parts; access as {@link AccessAge}
 *   +---------------------------------------+
 *  8| CAS, low half                         |
 *   +---------------------------------------+
 *   | deadline (4, LONG_EXPIRY)             |  each only if its flag says so
 *   | client flags (4, CLIENT_FLAGS)        |
 *   | CAS, high half (4, HIGH_CAS)          |
 *   | value bytes (4, LARGE)                |
 *   +---------------------------------------+
 *   | key | value, or locations of parts (8 each, LARGE) | 0 to 3 bytes of padding
 *   +---------------------------------------+
 * </pre>
 *
 * What follows the key of a large item leads to records of {@link PartLayout}.
 */
final class ItemLayout {
    static final int WORD = 0;
    static final int SIZE = 4;
    static final int CAS = 8;
    static final int HEADER_BYTES = 12;
    static final int EXTENSION_BYTES = 4;
    static final int LOCATION_BYTES = 8;

    /** Flags, in place in word 0. */
    static final int CLIENT_FLAGS = 1 << 8;

    static final int LONG_EXPIRY = 1 << 9;
    static final int HIGH_CAS = 1 << 10;
    static final int LARGE = 1 << 11;
    static final int STALE = 1 << 12;
    static final int WON = 1 << 13;
    static final int FETCHED = 1 << 14;
    static final int BINARY_KEY = 1 << 15;

    /** Each of these flags adds {@link #EXTENSION_BYTES}. */
    static final int EXTENSIONS = CLIENT_FLAGS | LONG_EXPIRY | HIGH_CAS | LARGE;

    static final int KEY_MASK = 0xff;
    static final int EXPIRY_SHIFT = 16;
    static final int EXPIRY_MAX = 0xffff;
    static final int SIZE_BITS = 16;
    static final int SIZE_MAX = (1 << SIZE_BITS) - 1;

    private ItemLayout() {}

    static int keyBytes(int word) {
        return word & KEY_MASK;
    }

    static int keyOffset(int word) {
        return HEADER_BYTES + EXTENSION_BYTES * Integer.bitCount(word & EXTENSIONS);
    }

    static int aligned(int bytes) {
        return (bytes + 3) & ~3;
    }
}
