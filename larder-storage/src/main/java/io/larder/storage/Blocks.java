package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of slots by number, all of one size, in pieces of the memory that segments are made of: the index grows and shrinks
 * without garbage for the collector. Thread-safe.
 *
 * <p>A block comes back when the table that held it is replaced, and waits until no reader can be looking at it. The slab
 * with the lowest number is used first, so that the others empty and their memory can be given back.
 */
class Blocks {
    /** So few that a chunk of some hundred large items is not half empty. */
    static final int BLOCK_SLOTS = 128;

    private static final int BLOCK_BYTES = BLOCK_SLOTS * Long.BYTES;

    /** Free blocks that are no waste: a share of those in use. */
    private static final int SLACK_SHARE = 16;

    private static final int GROWTH_MIN = 16;
    private static final int GROWTH_SHARE = 8;

    private final DirectMemory memory;
    private final Ledger ledger;
    private final Epochs epochs;
    private final int slabShift;
    private final ReentrantLock lock = new ReentrantLock();

    /** By number; {@link Slab#NONE} where there is none. Published with the table that names a block; replaced when it grows. */
    private volatile Slab[] slabs = {};

    @GuardedBy("lock")
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private int present;

    @GuardedBy("lock")
    private int free;

    /** Slabs of lower numbers have no free block. */
    @GuardedBy("lock")
    private int firstFree;

    /** Slabs of this number and higher ones are to be emptied. */
    private volatile int emptyFrom = Integer.MAX_VALUE;

    private static final class Waiting {
        final int[] blocks;
        final long epoch;

        Waiting(int[] blocks, long epoch) {
            this.blocks = blocks;
            this.epoch = epoch;
        }
    }

    Blocks(DirectMemory memory, Ledger ledger, Epochs epochs) {
        this.memory = memory;
        this.ledger = ledger;
        this.epochs = epochs;
        slabShift = Integer.numberOfTrailingZeros(memory.pieceBytes() / BLOCK_BYTES);
    }

    /** The slab of a block that is in use. */
    Slab slab(int block) {
        return slabs[block >>> slabShift];
    }

    /** Makes a slab of a piece of memory; a model checker's test makes one that it can watch. */
    Slab slab(ByteBuffer piece, int blocks) {
        return new Slab(piece, blocks);
    }

    /** Where in its slab a block begins, in slots. */
    int start(int block) {
        return (block & (1 << slabShift) - 1) * BLOCK_SLOTS;
    }

    /** A table of so many empty blocks. */
    int[] take(int count) {
        int[] blocks = new int[count];
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

    /** Takes back the blocks of a table that is not reachable any more. */
    void retire(int[] blocks) {
        lock.lock();
        try {
            waiting.addLast(new Waiting(blocks, epochs.advance()));
            settle();
        } finally {
            lock.unlock();
        }
    }

    /** Decides which slabs are to be emptied: the last ones, where free blocks would fill several. */
    void gather() {
        lock.lock();
        try {
            settle();
            int used = (present << slabShift) - free;
            int wanted = ((used + used / SLACK_SHARE) >>> slabShift) + 2;
            emptyFrom = present > wanted ? wanted : Integer.MAX_VALUE;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a table holds blocks of slabs that are to be emptied: a new one as large would not. */
    boolean isScattered(int[] table) {
        int from = emptyFrom;
        if (from != Integer.MAX_VALUE) {
            for (int block : table) {
                if (block >>> slabShift >= from) {
                    return true;
                }
            }
        }
        return false;
    }

    @GuardedBy("lock")
    private int takeOne() {
        if (free == 0) {
            firstFree = addSlab();
        }
        Slab[] all = slabs;
        while (all[firstFree].free.isEmpty()) {
            firstFree++;
        }
        Slab slab = all[firstFree];
        int block = slab.free.nextSetBit(0);
        slab.free.clear(block);
        slab.clear(block * BLOCK_SLOTS);
        free--;
        return firstFree << slabShift | block;
    }

    /** Answers its number, the lowest there is. */
    @GuardedBy("lock")
    private int addSlab() {
        Slab[] all = slabs;
        int number = 0;
        while (number < all.length && all[number] != Slab.NONE) {
            number++;
        }
        if (number == all.length) {
            all = Arrays.copyOf(all, number + Math.max(GROWTH_MIN, number / GROWTH_SHARE));
            Arrays.fill(all, number, all.length, Slab.NONE);
        }
        ledger.take(memory.pieceBytes());
        all[number] = slab(memory.take(), 1 << slabShift);
        slabs = all;
        present++;
        free += 1 << slabShift;
        return number;
    }

    @GuardedBy("lock")
    private void settle() {
        @Nullable Waiting first = waiting.peekFirst();
        while (first != null && epochs.passed(first.epoch)) {
            for (int block : waiting.removeFirst().blocks) {
                giveBack(block);
            }
            first = waiting.peekFirst();
        }
    }

    @GuardedBy("lock")
    private void giveBack(int block) {
        int number = block >>> slabShift;
        Slab slab = slab(block);
        slab.free.set(block & (1 << slabShift) - 1);
        free++;
        firstFree = Math.min(firstFree, number);
        if (slab.free.cardinality() == 1 << slabShift && free >= 2 << slabShift) {
            slabs[number] = Slab.NONE;
            present--;
            free -= 1 << slabShift;
            ledger.giveBack(memory.pieceBytes());
            memory.giveBack(slab.memory);
        }
    }
}
