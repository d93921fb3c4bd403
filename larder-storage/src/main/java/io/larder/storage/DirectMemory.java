package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pieces of memory outside the heap, all of one size, for segments and the index: what the one gives back the other takes,
 * and the collector need not run for it. Thread-safe.
 *
 * <p>Kept for the next use is what the {@link Ledger} has room for, and a few pieces more, since who needs one takes it before another
 * gives one back. The rest goes to the collector: only of a store that was made smaller.
 */
final class DirectMemory implements SegmentMemory {
    /** Pieces begin at a multiple of it: a bucket of the index is one line of the processor's caches. */
    private static final int LINE_BYTES = 64;

    private static final int KEPT_MIN = 8;

    private final int pieceBytes;
    private final Ledger ledger;

    @GuardedBy("this")
    private final ArrayDeque<ByteBuffer> kept = new ArrayDeque<>();

    private final AtomicLong droppedBytes = new AtomicLong();

    /** @param pieceBytes a multiple of 64 */
    DirectMemory(int pieceBytes, Ledger ledger) {
        this.pieceBytes = pieceBytes;
        this.ledger = ledger;
    }

    int pieceBytes() {
        return pieceBytes;
    }

    /** A piece, little endian; what is in it does not matter. */
    ByteBuffer take() {
        ByteBuffer used;
        synchronized (this) {
            used = kept.pollLast();
        }
        return used != null
                ? used
                : ByteBuffer.allocateDirect(pieceBytes + LINE_BYTES - 1)
                        .alignedSlice(LINE_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public ByteBuffer of(int segment) {
        return take();
    }

    @Override
    public synchronized void giveBack(ByteBuffer piece) {
        kept.addLast(piece);
        drop();
    }

    /** Drops what is kept beyond what the ledger, whose limit may have changed, has room for. */
    synchronized void drop() {
        while (kept.size() > KEPT_MIN && ledger.used() + (long) kept.size() * pieceBytes > ledger.limit()) {
            kept.removeFirst();
            droppedBytes.addAndGet(pieceBytes);
        }
    }

    /** Memory dropped since this was last asked, which the collector has yet to see. */
    long takeDroppedBytes() {
        return droppedBytes.getAndSet(0);
    }
}
