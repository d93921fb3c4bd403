package io.larder.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes kept between turns, within the budget of all connections; where that is used up, it counts. Confined to the event loop. */
final class HeldBytes {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final BufferBudget budget;
    private final LoopCounters counters;
    private final Counter refusals;
    private ByteBuffer bytes = NONE;

    /** @param refusals counts how often the budget had no room */
    HeldBytes(BufferBudget budget, LoopCounters counters, Counter refusals) {
        this.budget = budget;
        this.counters = counters;
        this.refusals = refusals;
    }

    boolean isEmpty() {
        return !bytes.hasRemaining();
    }

    /** Keeps a copy of what is left in {@code from}, if anything is; nothing may be held. */
    void keep(ByteBuffer from) throws IOException {
        int size = from.remaining();
        if (size == 0) {
            return;
        }
        if (!budget.take(size)) {
            counters.increment(refusals);
            throw new IOException("the memory for bytes held back is used up");
        }
        bytes = ByteBuffer.allocate(size).put(from).flip();
    }

    /** Moves as much as fits into {@code to}. */
    void drainTo(ByteBuffer to) {
        int part = Math.min(bytes.remaining(), to.remaining());
        to.put(to.position(), bytes, bytes.position(), part);
        to.position(to.position() + part);
        bytes.position(bytes.position() + part);
        releaseIfEmpty();
    }

    /** What is held, to be taken from its position on; {@link #releaseIfEmpty} follows. */
    ByteBuffer bytes() {
        return bytes;
    }

    @SuppressWarnings("ReferenceEquality") // which buffer it is matters
    void releaseIfEmpty() {
        if (!bytes.hasRemaining() && bytes != NONE) {
            budget.giveBack(bytes.capacity());
            bytes = NONE;
        }
    }

    void clear() {
        bytes.position(bytes.limit());
        releaseIfEmpty();
    }
}
