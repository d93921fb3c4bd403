package io.larder.client;

/**
 * Hears what becomes of requests and nodes; {@link MemcachedConfig#withListener} sets it.
 *
 * <p>Called several at once, by whatever thread found out: the caller's, or one of the client that dials, reads, watches deadlines
 * or completes futures. Calls wait meanwhile, others than the one told of too, so it must be quick, must not block and must not call
 * the client. What it throws disturbs nothing; the first time for each node is logged by class name as a warning.
 */
public interface CallListener {
    /**
     * A request on keys is over; told once for each. Calls on many keys are told request by request: up to 100 keys of a node for
     * {@link View#getAll}, one key for others. Not told: {@link Admin} and replayed deletes.
     */
    default void onCall(CallEvent event) {}

    /**
     * A node can be used, or cannot. Told when that has changed, and for the first time when the node is first dialled; where it
     * changes faster than it is told, the last state is told. Nothing is told of a node once the client has let go of it.
     *
     * @param node {@link Node#name()}
     * @param usable whether there is a connection
     * @param reason why not; empty if it is usable
     */
    default void onNode(String node, boolean usable, String reason) {}

    /**
     * A key that a node has to forget when it returns was dropped, as too many wait: see {@link Limits#missedDeletesMax}.
     *
     * @param node {@link Node#name()}
     */
    default void onDeleteDropped(String node) {}
}
