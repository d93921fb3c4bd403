package io.larder.storage;

import java.nio.ByteBuffer;

/** Where segments get their memory from. Thread rule: called under the lock of {@link Segments}. */
interface SegmentMemory {
    /** Memory of one segment, little endian, its bytes aligned to 4 at least; what is in it does not matter. */
    ByteBuffer of(int segment);

    /** Takes back what {@link #of} answered; nobody reads it any more. */
    void giveBack(ByteBuffer memory);
}
