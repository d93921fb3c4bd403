package io.larder.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** What a store may grow to in this JVM, whose bounds on memory are fixed when it starts. */
final class MemoryBounds {
    /** Of direct memory, for what is not the store's. */
    private static final long DIRECT_SPARE_BYTES = 32L << 20;

    /** Of the heap, likewise. */
    private static final long HEAP_SPARE_BYTES = 64L << 20;

    /** The index needs less of the heap, even when items are as small as they can be. */
    private static final int INDEX_SHARE = 4;

    private MemoryBounds() {}

    /**
     * Checks a new bound on the items.
     *
     * @throws IllegalArgumentException if the JVM was not started with enough memory for it
     */
    static void check(long bytes, ServerConfig config) {
        boolean larger = bytes > config.storage().bytes();
        if (larger && (!fits(bytes, config) || bytes / INDEX_SHARE + HEAP_SPARE_BYTES > heapBytes())) {
            throw new IllegalArgumentException(
                    "%d bytes are more than this process was started for; restart it with a larger -m"
                            .formatted(bytes));
        }
    }

    private static boolean fits(long bytes, ServerConfig config) {
        return config.storage().file() != null || bytes + DIRECT_SPARE_BYTES <= directBytes();
    }

    private static long heapBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    private static long directBytes() {
        long option = Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
        return option > 0 ? option : heapBytes();
    }
}
