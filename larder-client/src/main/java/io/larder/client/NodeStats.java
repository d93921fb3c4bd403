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
        long connectionsLost) {}
