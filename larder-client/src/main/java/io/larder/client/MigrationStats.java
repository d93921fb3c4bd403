package io.larder.client;

/**
 * How a {@link Migration} is getting on in this process. Keys of bulk reads count one each.
 *
 * @param stage the stage now
 * @param reads keys read since the client opened
 * @param foundNew of these, found in the new cluster
 * @param foundOld of these, found in the old cluster
 * @param copied items copied from the old to the new cluster
 * @param mirrored writes and deletes done on the other side as well
 * @param mirrorsFailed of those that failed; the key is deleted there as soon as its node answers
 * @param oldFailed reads of the old cluster that failed, after the new one had missed
 * @param recentReads keys read in the last 10 to 20 seconds
 * @param recentFoundOld of these, found in the old cluster
 */
public record MigrationStats(
        MigrationStage stage,
        long reads,
        long foundNew,
        long foundOld,
        long copied,
        long mirrored,
        long mirrorsFailed,
        long oldFailed,
        long recentReads,
        long recentFoundOld) {
    private static final long READS_MIN = 1000;

    /** Keys not found anywhere. */
    public long missed() {
        return reads - foundNew - foundOld;
    }

    /** Share of the recent reads that the old cluster answered, 0 to 1: the loader calls that going on would cost. */
    public double oldShare() {
        return recentReads == 0 ? 0 : (double) recentFoundOld / recentReads;
    }

    /**
     * Whether {@link MigrationStage#FALLBACK} may end: of at least 1000 recent reads the old cluster answered one in a thousand
     * or less. All processes have to say so.
     */
    public boolean mayEnd() {
        return stage == MigrationStage.FALLBACK && recentReads >= READS_MIN && oldShare() <= 0.001;
    }
}
