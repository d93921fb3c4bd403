package io.larder.storage;

import java.util.Arrays;

/**
 * Remembers which keys were evicted from the small queue, as 16 bits of their hash: who comes back goes to main at once.
 *
 * <p>The ghost queue of S3-FIFO (J. Yang et al., SOSP 2023), as one small table per chunk of the index with a short queue in
 * each bucket. It remembers about as many keys as the index has slots. Guarded by the chunk's stripe; what it remembered is
 * lost when it grows, which happens while the store fills and evicts little.
 *
 * <pre>
 *  bucket: | newest (16) ... 4th | 5th ... oldest (16) |   two words
 * </pre>
 */
final class Ghosts {
    private static final int BUCKET_WORDS = 2;
    private static final int PER_WORD = 4;
    private static final int BITS = 16;
    private static final long MASK = (1L << BITS) - 1;
    private static final int BLOCK_BUCKETS = Blocks.BLOCK_SLOTS / BUCKET_WORDS;
    private static final int BLOCK_KEYS = Blocks.BLOCK_SLOTS * PER_WORD;
    private static final long[][] NONE = {};

    private final Index index;
    private final Blocks blocks;
    private final long[][][] tables;

    Ghosts(Index index, Blocks blocks) {
        this.index = index;
        this.blocks = blocks;
        tables = new long[index.chunks()][][];
        Arrays.fill(tables, NONE);
    }

    void add(Probe probe) {
        int chunk = index.chunk(probe);
        fit(chunk);
        long[] block = block(chunk, probe);
        int at = at(chunk, probe);
        block[at + 1] = block[at + 1] << BITS | block[at] >>> (BITS * (PER_WORD - 1));
        block[at] = block[at] << BITS | print(probe);
    }

    /** Whether the key was remembered; it is not any more. */
    boolean remove(Probe probe) {
        int chunk = index.chunk(probe);
        if (tables[chunk].length == 0) {
            return false;
        }
        long[] block = block(chunk, probe);
        int at = at(chunk, probe);
        return removeFrom(block, at, print(probe)) || removeFrom(block, at + 1, print(probe));
    }

    private static boolean removeFrom(long[] block, int at, long print) {
        for (int shift = 0; shift < Long.SIZE; shift += BITS) {
            if ((block[at] >>> shift & MASK) == print) {
                block[at] &= ~(MASK << shift);
                return true;
            }
        }
        return false;
    }

    /** Takes the size that suits the index's chunk. */
    void fit(int chunk) {
        int size = Math.max(1, (index.slots(chunk) + BLOCK_KEYS / 2) / BLOCK_KEYS);
        if (tables[chunk].length != size) {
            long[][] old = tables[chunk];
            tables[chunk] = blocks.take(size);
            if (old.length > 0) {
                blocks.retire(old);
            }
        }
    }

    private long[] block(int chunk, Probe probe) {
        return tables[chunk][bucket(chunk, probe) / BLOCK_BUCKETS];
    }

    private int at(int chunk, Probe probe) {
        return bucket(chunk, probe) % BLOCK_BUCKETS * BUCKET_WORDS;
    }

    private int bucket(int chunk, Probe probe) {
        return (int) (((long) probe.tag() * tables[chunk].length * BLOCK_BUCKETS) >>> Slot.TAG_BITS);
    }

    /** Never 0, which stands for nobody. */
    private static long print(Probe probe) {
        return Math.max(1, probe.ghost());
    }
}
