package io.larder.storage;

/**
 * The beginning of a {@link StoreImage}: big endian, without padding.
 *
 * <pre>
 *   0 magic (8) | 8 version (4) | 12 file id (8) | 20 seed of the hash (8) | 28 chunks of the index (4)
 *  | 32 clock seconds (8) | 40 wall millis (8) | 48 last order (8) | 56 last token (8) | 64 items (8) | 72 their bytes (8)
 *  | 80 flushed order (8) | 88 seconds to the flush to come, -1 none (8) | 96 segments that follow (4)
 * </pre>
 *
 * <p>The version covers the whole image, so {@link SegmentHeader} and {@link Slot} too.
 */
final class ImageHeader {
    static final long MAGIC_VALUE = 0x4c41_5244_4552_4931L; // "LARDERI1"
    static final int VERSION_VALUE = 2;

    static final int MAGIC = 0;
    static final int VERSION = 8;
    static final int FILE_ID = 12;
    static final int SEED = 20;
    static final int CHUNKS = 28;
    static final int CLOCK_SECONDS = 32;
    static final int WALL_MILLIS = 40;
    static final int LAST_ORDER = 48;
    static final int LAST_TOKEN = 56;
    static final int ITEMS = 64;
    static final int ITEM_BYTES = 72;
    static final int FLUSHED_ORDER = 80;
    static final int FLUSH_SECONDS = 88;
    static final int SEGMENTS = 96;
    static final int BYTES = 100;

    private ImageHeader() {}
}
