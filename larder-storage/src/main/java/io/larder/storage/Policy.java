package io.larder.storage;

/**
 * What the eviction goes by; the tuner may change it at any time. Thread-safe.
 *
 * @see Reclaimer
 */
final class Policy {
    private static final double SMALL_SHARE = 0.1;

    private volatile double smallShare = SMALL_SHARE;
    private volatile boolean sizeWeighted = true;

    /** Share of the segments that new items may take before they must prove themselves. */
    double smallShare() {
        return smallShare;
    }

    /** Whether an item's rank in main is its uses by its size, or its uses alone. */
    boolean isSizeWeighted() {
        return sizeWeighted;
    }

    /** Uses after which an item leaves the small queue for main. */
    int usesToPromote() {
        return 1;
    }

    void change(double share, boolean bySize) {
        smallShare = share;
        sizeWeighted = bySize;
    }
}
