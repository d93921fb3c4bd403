package io.larder.client;

import java.util.concurrent.atomic.LongAdder;

/** What {@link NodeStats} is made from. Thread-safe. */
final class NodeCounters {
    final LongAdder requests = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder dials = new LongAdder();
    final LongAdder dialFailures = new LongAdder();
    final LongAdder connectionsLost = new LongAdder();
    final LongAdder rerouted = new LongAdder();
    final LongAdder deletesReplayed = new LongAdder();
    final LongAdder deletesDropped = new LongAdder();

    NodeStats stats(boolean connected, boolean meta, int inFlight, int deletesWaiting) {
        return new NodeStats(
                connected,
                meta,
                inFlight,
                requests.sum(),
                timeouts.sum(),
                failures.sum(),
                dials.sum(),
                dialFailures.sum(),
                connectionsLost.sum(),
                rerouted.sum(),
                deletesWaiting,
                deletesReplayed.sum(),
                deletesDropped.sum());
    }
}
