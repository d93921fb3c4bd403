package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of slots, all of one size, used over and over: the index grows without garbage for the collector. Thread-safe.
 *
 * <p>A block comes back when the table that held it is replaced, and waits until no reader can be looking at it.
 */
final class Blocks {
    /** So few that a chunk of some hundred large items is not half empty. */
    static final int BLOCK_SLOTS = 128;

    /** Slots, array header, and the reference in a table. */
    static final int BLOCK_BYTES = BLOCK_SLOTS * Long.BYTES + 16 + 8;

    /** More than this many wait for use; the rest goes to the collector. */
    private static final int SPARE_MAX = 128;

    private final Ledger ledger;
    private final Epochs epochs;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private final ArrayDeque<long[]> spare = new ArrayDeque<>();

    private final AtomicLong droppedBytes = new AtomicLong();

    private static final class Waiting {
        final long[][] blocks;
        final long epoch;

        Waiting(long[][] blocks, long epoch) {
            this.blocks = blocks;
            this.epoch = epoch;
        }
    }

    Blocks(Ledger ledger, Epochs epochs) {
        this.ledger = ledger;
        this.epochs = epochs;
    }

    /** A table of so many empty blocks. */
    long[][] take(int count) {
        long[][] blocks = new long[count][];
        lock.lock();
        try {
            settle();
            for (int i = 0; i < count; i++) {
                blocks[i] = takeOne();
            }
        } finally {
            lock.unlock();
        }
        return blocks;
    }

    /** Memory given back since this was last asked, which the collector has yet to see. */
    long takeDroppedBytes() {
        return droppedBytes.getAndSet(0);
    }

    /** Takes back the blocks of a table that is not reachable any more. */
    void retire(long[][] blocks) {
        lock.lock();
        try {
            waiting.addLast(new Waiting(blocks, epochs.advance()));
            settle();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private long[] takeOne() {
        long[] block = spare.pollLast();
        if (block == null) {
            ledger.take(BLOCK_BYTES);
            return new long[BLOCK_SLOTS];
        }
        Arrays.fill(block, Slot.EMPTY);
        return block;
    }

    @GuardedBy("lock")
    private void settle() {
        @Nullable Waiting first = waiting.peekFirst();
        while (first != null && epochs.passed(first.epoch)) {
            for (long[] block : waiting.removeFirst().blocks) {
                if (spare.size() < SPARE_MAX) {
                    spare.addLast(block);
                } else {
                    ledger.giveBack(BLOCK_BYTES);
                    droppedBytes.addAndGet(BLOCK_BYTES);
                }
            }
            first = waiting.peekFirst();
        }
    }
}
