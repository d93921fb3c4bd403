package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.BitSet;

/**
 * A piece of memory with the slots of many {@link Blocks}.
 *
 * <p>Open for a model checker, which cannot see accesses to memory outside the heap.
 */
class Slab {
    private static final VarHandle SLOTS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final Slab NONE = new Slab(ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN), 0);

    private static final long[] EMPTY_BLOCK = new long[Blocks.BLOCK_SLOTS];

    final ByteBuffer memory;

    /** Its blocks that nobody uses. Guarded by the lock of {@link Blocks}. */
    final BitSet free = new BitSet();

    /** The same memory: reading it plainly costs half of what reading it through a handle does. */
    private final LongBuffer slots;

    Slab(ByteBuffer memory, int blocks) {
        this.memory = memory;
        slots = memory.asLongBuffer();
        free.set(0, blocks);
    }

    /** A slot as it was at some time not long ago, or is. */
    long get(int at) {
        return slots.get(at);
    }

    /** A slot as it is, and all that was written before it. */
    long getAcquire(int at) {
        return (long) SLOTS.getAcquire(memory, at * Long.BYTES);
    }

    void setRelease(int at, long slot) {
        SLOTS.setRelease(memory, at * Long.BYTES, slot);
    }

    boolean compareAndSet(int at, long seen, long slot) {
        return SLOTS.compareAndSet(memory, at * Long.BYTES, seen, slot);
    }

    /** Empties a block that nobody reads. */
    void clear(int from) {
        slots.put(from, EMPTY_BLOCK);
    }
}
