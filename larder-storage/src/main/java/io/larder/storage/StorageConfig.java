package io.larder.storage;

/**
 * Sizes of an item store, fixed when it opens.
 *
 * @param bytes bound on items with their overhead, in bytes; at least {@value #BYTES_MIN}
 * @param valueBytesMax largest value accepted, in bytes; 1024 to 1 GiB, and at most half of {@code bytes}
 */
public record StorageConfig(long bytes, int valueBytesMax) {
    /** Smallest store. */
    public static final long BYTES_MIN = 1 << 20;

    /** 64 MiB of items up to 1 MiB each: memcached's defaults. */
    public static final StorageConfig DEFAULT = new StorageConfig(64L << 20, 1 << 20);

    private static final int VALUE_BYTES_MIN = 1024;
    private static final int VALUE_BYTES_LIMIT = 1 << 30;

    public StorageConfig {
        if (bytes < BYTES_MIN) {
            throw new IllegalArgumentException(
                    "store of %d bytes is too small; give it at least %d (1 MB)".formatted(bytes, BYTES_MIN));
        }
        if (valueBytesMax < VALUE_BYTES_MIN || valueBytesMax > VALUE_BYTES_LIMIT || valueBytesMax > bytes / 2) {
            throw new IllegalArgumentException(
                    "largest value of %d bytes is not between %d and %d, or more than half of the store's %d bytes"
                            .formatted(valueBytesMax, VALUE_BYTES_MIN, VALUE_BYTES_LIMIT, bytes));
        }
    }

    /** The same with another bound. */
    public StorageConfig withBytes(long changed) {
        return new StorageConfig(changed, (int) Math.min(valueBytesMax, changed / 2));
    }
}
