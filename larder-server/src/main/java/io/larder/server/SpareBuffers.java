package io.larder.server;

import java.nio.ByteBuffer;

/**
 * Small buffers on the heap that the connections of one loop hold in turn, so that requests cut by the end of a read leave no
 * garbage. Sizes are powers of two; larger ones are made anew each time. Confined to the event loop.
 */
final class SpareBuffers {
    /** As much as a read leaves over. */
    static final int BYTES_MAX = EventLoop.READ_BUFFER_BYTES;

    /** Of what is kept for later; what connections hold is bounded by the {@link BufferBudget}. */
    static final int KEPT_BYTES_MAX = 4 * BYTES_MAX;

    private static final int SHIFT_MIN = 9;
    static final int BYTES_MIN = 1 << SHIFT_MIN;
    private static final int KINDS = Integer.numberOfTrailingZeros(BYTES_MAX) - SHIFT_MIN + 1;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final ByteBuffer[][] kept = new ByteBuffer[KINDS][];
    private final int[] counts = new int[KINDS];
    private int keptBytes;

    SpareBuffers() {
        for (int kind = 0; kind < KINDS; kind++) {
            kept[kind] = new ByteBuffer[KEPT_BYTES_MAX >> (SHIFT_MIN + kind)];
        }
    }

    /** The size of the buffer that {@link #take} gives for so many bytes. */
    static int sizeFor(int bytes) {
        return bytes > BYTES_MAX ? bytes : BYTES_MIN << kind(bytes);
    }

    /** An empty buffer of that size, which {@link #sizeFor} answered; what is in it does not matter. */
    ByteBuffer take(int size) {
        if (size > BYTES_MAX || counts[kind(size)] == 0) {
            return ByteBuffer.allocate(size);
        }
        keptBytes -= size;
        int kind = kind(size);
        return kept[kind][--counts[kind]].clear();
    }

    /** Takes a buffer back that nobody uses any more. Sizes that were in use last stay, in place of others. */
    void giveBack(ByteBuffer buffer) {
        int size = buffer.capacity();
        if (size > BYTES_MAX) {
            return;
        }
        for (int kind = KINDS - 1; kind >= 0 && keptBytes + size > KEPT_BYTES_MAX; kind--) {
            while (counts[kind] > 0 && keptBytes + size > KEPT_BYTES_MAX) {
                kept[kind][--counts[kind]] = NONE;
                keptBytes -= BYTES_MIN << kind;
            }
        }
        kept[kind(size)][counts[kind(size)]++] = buffer;
        keptBytes += size;
    }

    int keptBytes() {
        return keptBytes;
    }

    private static int kind(int bytes) {
        return bytes <= BYTES_MIN ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1) - SHIFT_MIN;
    }
}
