package io.larder.storage;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Sizes of an item store, fixed when it opens.
 *
 * @param bytes bound on items with their overhead, in bytes; at least {@value #BYTES_MIN}
 * @param valueBytesMax largest value accepted, in bytes; 1024 to 1 GiB, and at most half of {@code bytes}
 * @param evicts whether live items leave to make room; otherwise a store that is full answers {@link Outcome#NO_MEMORY}
 * @param writers how many threads are expected to store at the same time, at least 1; more may, a little slower
 * @param file whose pages the items lie in, so that they outlive an orderly stop; null for memory that goes with the JVM
 */
public record StorageConfig(
        long bytes,
        int valueBytesMax,
        boolean evicts,
        int writers,
        @Nullable Path file) {
    /** Smallest store. */
    public static final long BYTES_MIN = 1 << 20;

    /** 64 MiB of items up to 1 MiB each: memcached's defaults. */
    public static final StorageConfig DEFAULT = new StorageConfig(64L << 20, 1 << 20);

    /** Least bound on values. */
    public static final int VALUE_BYTES_MIN = 1024;

    /** Largest bound on values, 1 GiB. */
    public static final int VALUE_BYTES_LIMIT = 1 << 30;

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
        if (writers < 1) {
            throw new IllegalArgumentException("store for %d writers; give at least 1".formatted(writers));
        }
    }

    /** Evicts, and expects as many writers as the JVM has processors. */
    public StorageConfig(long bytes, int valueBytesMax) {
        this(bytes, valueBytesMax, true, Runtime.getRuntime().availableProcessors(), null);
    }

    /** The same with another bound. */
    public StorageConfig withBytes(long changed) {
        return new StorageConfig(changed, (int) Math.min(valueBytesMax, changed / 2), evicts, writers, file);
    }

    /** The same with another bound on values. */
    public StorageConfig withValueBytesMax(int changed) {
        return new StorageConfig(bytes, changed, evicts, writers, file);
    }

    /** The same, evicting or not. */
    public StorageConfig withEvicts(boolean changed) {
        return new StorageConfig(bytes, valueBytesMax, changed, writers, file);
    }

    /** The same for another number of writing threads. */
    public StorageConfig withWriters(int changed) {
        return new StorageConfig(bytes, valueBytesMax, evicts, changed, file);
    }

    /** The same in a file, which must not be in use; with a value of null, in memory. */
    public StorageConfig withFile(@Nullable Path changed) {
        return new StorageConfig(bytes, valueBytesMax, evicts, writers, changed);
    }
}
