package io.larder.client;

/**
 * A client on its way from one cluster to another, without a storm of loader calls and without an outdated value: see
 * {@link Memcached#migrate} and {@link MigrationStage}. Thread-safe.
 *
 * <p>Values are copied as they are stored, with their flags and what is left of their TTL; nodes without meta commands do not tell
 * that, their items get an hour. Operations that depend on what is stored ({@link View#cas}, counters, {@link View#update},
 * {@link View#append}, ...) first copy an item that only the old cluster has; CAS tokens are those of the cluster that decides.
 * A failure of the cluster that does not decide fails no read and no store; it is counted, and the key is deleted there as soon
 * as its node answers. A delete fails if either side failed.
 *
 * <p>{@link #admin}, {@link #nodes} and {@link #nodeOf} are those of the cluster that decides. Nodes are replaced on the two
 * clients themselves.
 */
public interface Migration extends Memcached {
    /** The stage now. */
    MigrationStage stage();

    /**
     * Goes to another stage, one step forward or back. Calls going on end by the rules they began with; processes should be
     * no more than one stage apart.
     *
     * @throws IllegalArgumentException if that is no neighbour of the stage now; nothing is changed
     */
    void moveTo(MigrationStage stage);

    /**
     * The share of the keys that {@link MigrationStage#MIRROR} copies when they are read, 100 by default. The same keys in all
     * processes.
     *
     * @param percent 0 to 100
     */
    void copyShare(int percent);

    /** How it is getting on. */
    MigrationStats progress();
}
