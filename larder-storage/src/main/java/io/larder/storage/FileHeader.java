package io.larder.storage;

/**
 * The first page of a {@link StoreFile}: little endian.
 *
 * <pre>
 *  0 magic (8) | 8 version (4) | 12 segment bytes (4) | 16 store bytes (8) | 24 file id (8) | 32 zeros up to 4096
 * </pre>
 *
 * <p>The version covers all that lies in the file, so {@link ItemLayout} and {@link PartLayout} too.
 */
final class FileHeader {
    static final long MAGIC_VALUE = 0x4c41_5244_4552_5331L; // "LARDERS1"
    static final int VERSION_VALUE = 2;

    static final int MAGIC = 0;
    static final int VERSION = 8;
    static final int SEGMENT_BYTES = 12;
    static final int STORE_BYTES = 16;
    static final int FILE_ID = 24;

    /** A page, so that segments begin at one. */
    static final int BYTES = 4096;

    private FileHeader() {}
}
