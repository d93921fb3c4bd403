package io.larder.client;

/**
 * How far a {@link Migration} is. Each stage is safe beside its neighbours: processes may be one apart. In all but the first and
 * the last, what is written or deleted on one side is mirrored to, or deleted on, the other, so that no side keeps what is outdated.
 */
public enum MigrationStage {
    /** Only the old cluster is used. */
    OLD(false, false, false, false),
    /** The old cluster is used; what changes is deleted on the new one. To be reached by all processes before any mirrors. */
    PREPARE(false, false, false, true),
    /** The old cluster is read; writes go to both, and a share of the keys read is copied: the new one gets warm. */
    MIRROR(false, false, true, true),
    /** The new cluster is read, on a miss the old one; writes still go to both, so that one can go back. */
    SWITCH(true, true, true, true),
    /** The new cluster is used, on a miss the old one is read; what changes is deleted on the old one. */
    FALLBACK(true, true, false, true),
    /** Only the new cluster is used. */
    NEW(true, false, false, false);

    private final boolean newFirst;
    private final boolean asksOld;
    private final boolean mirrors;
    private final boolean touchesBoth;

    MigrationStage(boolean newFirst, boolean asksOld, boolean mirrors, boolean touchesBoth) {
        this.newFirst = newFirst;
        this.asksOld = asksOld;
        this.mirrors = mirrors;
        this.touchesBoth = touchesBoth;
    }

    /** Whether the new cluster decides, and is read first. */
    boolean newFirst() {
        return newFirst;
    }

    /** Whether what the new cluster misses is looked for in the old one. */
    boolean asksOld() {
        return asksOld;
    }

    /** Whether values written go to both. */
    boolean mirrors() {
        return mirrors;
    }

    /** Whether the other side hears of changes. */
    boolean touchesBoth() {
        return touchesBoth;
    }
}
