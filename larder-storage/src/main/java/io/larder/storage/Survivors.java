package io.larder.storage;

import java.util.Arrays;

/**
 * Decides which items of a batch of segments stay, by one pass to weigh them and one to choose. Confined to the reclaimer.
 *
 * <p>Without size weight an item with uses stays, as in second chance (F. Corbato, 1968), unless those are too many: then the
 * most used stay. With size weight the rank is (uses + 1/4) / size, which keeps more and smaller items (after GDSF,
 * L. Cherkasova, 1998). Ranks are kept as a histogram over the leading bits of a float, so nothing is sorted.
 */
final class Survivors {
    /** Exponent and two bits of mantissa: ranks within a quarter of a doubling are alike. */
    private static final int RANK_SHIFT = 21;

    private static final int RANKS = 1 << (Integer.SIZE - 1 - RANK_SHIFT);

    private final long[] bytesByRank = new long[RANKS];
    private boolean sizeWeighted;
    private int lastRank;
    private long lastRankBytes;

    void begin(boolean bySize) {
        sizeWeighted = bySize;
        Arrays.fill(bytesByRank, 0);
    }

    /**
     * Counts a record.
     *
     * @param itemBytes of the whole item, which rank it
     * @param recordBytes of this record of it
     */
    void weigh(int uses, long itemBytes, long recordBytes) {
        int rank = rank(uses, itemBytes);
        if (rank > 0) {
            bytesByRank[rank] += recordBytes;
        }
    }

    /** Ends the weighing: at most so many bytes stay. */
    void decide(long bytesMax) {
        long left = bytesMax;
        int rank = RANKS - 1;
        while (rank > 0 && bytesByRank[rank] <= left) {
            left -= bytesByRank[rank];
            rank--;
        }
        lastRank = rank;
        lastRankBytes = left;
    }

    /** Whether an item stays; those of the last rank as long as there is room. */
    boolean stays(int uses, long bytes) {
        int rank = rank(uses, bytes);
        if (rank != lastRank || rank == 0) {
            return rank > lastRank;
        }
        if (bytes > lastRankBytes) {
            return false;
        }
        lastRankBytes -= bytes;
        return true;
    }

    /** 0 for what never stays. */
    private int rank(int uses, long bytes) {
        float score = sizeWeighted ? (uses + 0.25f) / bytes : uses;
        return Float.floatToIntBits(score) >>> RANK_SHIFT;
    }
}
