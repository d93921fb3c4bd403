package io.larder.storage;

/**
 * What the {@link StoreImage} says of a sealed segment: big endian, without padding.
 *
 * <pre>
 *  0 number (4) | 4 order (8) | 12 base seconds (8) | 20 bytes written (4) | 24 live records (4) | 28 live bytes (4)
 *  | 32 last deadline (8) | 40 band (1) | 41 lifetime (1) | 42 inflation, a double (8)
 * </pre>
 *
 * While the store runs these are the fields of {@link Segment}.
 */
final class SegmentHeader {
    static final int NUMBER = 0;
    static final int ORDER = 4;
    static final int BASE_SECONDS = 12;
    static final int WRITTEN_BYTES = 20;

    /** Records in the upper half, bytes in the lower. */
    static final int LIVE = 24;

    static final int LAST_DEADLINE = 32;
    static final int BAND = 40;
    static final int LIFETIME = 41;
    static final int INFLATION = 42;
    static final int BYTES = 50;

    private SegmentHeader() {}
}
