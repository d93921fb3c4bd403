package io.larder.client;

/**
 * Counters of one node since the client opened.
 *
 * @param connected whether there is a connection now
 * @param meta whether that connection speaks meta commands; false: the classic text protocol
 * @param inFlight requests without a reply now
 * @param requests requests handed to the connection
 * @param timeouts calls whose deadline passed
 * @param failures calls that failed because the node was down or its connection broke
 * @param dials connections tried
 * @param dialFailures connections tried in vain
 * @param connectionsLost connections that broke or were closed because of what came over them
 * @param rerouted calls that another node took, as the {@link FailurePolicy} says
 * @param deletesWaiting keys to be deleted now, or before the node is read from again
 * @param deletesReplayed keys deleted so
 * @param deletesDropped keys that were not, as there were more than {@link Limits#missedDeletesMax}
 */
public record NodeStats(
        boolean connected,
        boolean meta,
        int inFlight,
        long requests,
        long timeouts,
        long failures,
        long dials,
        long dialFailures,
        long connectionsLost,
        long rerouted,
        int deletesWaiting,
        long deletesReplayed,
        long deletesDropped) {}
