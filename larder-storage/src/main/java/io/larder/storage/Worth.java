package io.larder.storage;

/**
 * What items are worth to the eviction: the least goes first. Thread-safe; one thread at a time raises the inflation.
 *
 * <p>GreedyDual-Size (P. Cao and S. Irani, 1997) with the hits of GDSF (L. Cherkasova, 1998): an item is worth 1 by its size, so
 * that a byte goes to where it answers most reads, plus the inflation when it was written or last given a new chance. The
 * inflation is the worth of what left last, so that what is not used any more sinks below what comes in. Here by segments: all
 * items of one are of a size, within a doubling, and of an age.
 */
final class Worth {
    /** Of sizes: up to 64 bytes, 128, 256, ... 1 MiB, and above. */
    static final int BANDS = 16;

    private static final int SMALLEST_SHIFT = 6;
    private static final double[] BY_BAND = new double[BANDS];

    static {
        for (int band = 0; band < BANDS; band++) {
            BY_BAND[band] = 1 / ((1 << SMALLEST_SHIFT) * Math.pow(2, band - 0.5)); // the middle of the band
        }
    }

    private volatile double inflation;

    /** The band for an item of so many bytes, parts included. */
    static int band(long bytes) {
        return Math.min(BANDS - 1, Long.SIZE - Long.numberOfLeadingZeros((bytes - 1) >>> SMALLEST_SHIFT));
    }

    /** Of an item in this band that has not been used since the inflation was so high. */
    static double of(double inflationThen, int band) {
        return inflationThen + BY_BAND[band];
    }

    double inflation() {
        return inflation;
    }

    /** Something of this worth has left. */
    void inflateTo(double worth) {
        inflation = Math.max(inflation, worth);
    }
}
