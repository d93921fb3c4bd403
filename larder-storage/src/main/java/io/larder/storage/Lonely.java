package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Some longs alone on their cache lines, so that who writes them does not slow down who reads their neighbours. Thread-safe.
 */
final class Lonely {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Two lines, since processors fetch pairs of them. */
    private static final int SPREAD = 16;

    private final long[] cells = new long[3 * SPREAD];

    long get(int index) {
        return (long) LONGS.getVolatile(cells, SPREAD + index);
    }

    void setOpaque(int index, long value) {
        LONGS.setOpaque(cells, SPREAD + index, value);
    }

    void setRelease(int index, long value) {
        LONGS.setRelease(cells, SPREAD + index, value);
    }

    long increment(int index) {
        return (long) LONGS.getAndAdd(cells, SPREAD + index, 1L) + 1;
    }
}
