package io.larder.storage;

/**
 * How a part of a large value lies in a segment, any segment: little endian, aligned to 4 bytes.
 *
 * <pre>
 *    0                                     4
 *   +---------------------------------------+
 *  0| 0                                     |  where an item has the length of its key, which is never 0
 *  4| value bytes in this part              |
 *  8| hash of the key (8)                   |  leads back to the item
 *   +---------------------------------------+
 * 16| value                                 | 0 to 3 bytes of padding
 *   +---------------------------------------+
 * </pre>
 */
final class PartLayout {
    static final int WORD = 0;
    static final int SIZE = 4;
    static final int HASH = 8;
    static final int HEADER_BYTES = 16;

    private PartLayout() {}
}
