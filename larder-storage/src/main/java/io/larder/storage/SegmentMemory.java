package io.larder.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where segments get their memory from. Thread rule: called under the lock of {@link Segments}. */
@FunctionalInterface
interface SegmentMemory {
    /** Memory of one segment, little endian, its bytes aligned to 4 at least; what is in it does not matter. */
    ByteBuffer of(int segment);

    /** Memory outside the heap, zeroed, returned when the buffer is collected. */
    static SegmentMemory direct(int segmentBytes) {
        return segment -> ByteBuffer.allocateDirect(segmentBytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
