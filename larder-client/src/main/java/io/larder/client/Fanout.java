package io.larder.client;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests to several nodes at once and waits for all, within one deadline. Requests to all nodes are written before
 * any reply is waited for, and a node that is slow or down delays no other.
 *
 * <p>While all nodes are quick, the calling thread reads from one after the other. One that takes longer than a turn is
 * left to its background reader.
 */
final class Fanout {
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Fanout() {}

    /**
     * Runs lanes to their end: each job is done, or has its failure.
     *
     * @throws InterruptedCallException if the thread was interrupted; what was sent may have happened
     */
    static void run(Collection<Lane> lanes, Deadline deadline, MemcachedConfig config) {
        List<Lane> open = List.copyOf(lanes);
        try {
            open = open.stream().filter(Lane::advance).toList();
            while (!open.isEmpty()
                    && deadline.leftNanos() > 0
                    && !Thread.currentThread().isInterrupted()) {
                wait(open, deadline, config);
                open = open.stream().filter(Lane::advance).toList();
            }
        } finally {
            lanes.forEach(Lane::giveUp);
        }
        if (!open.isEmpty() && Thread.currentThread().isInterrupted()) {
            throw open.get(0).interrupted();
        }
    }

    private static void wait(List<Lane> open, Deadline deadline, MemcachedConfig config) {
        for (Lane lane : open) {
            if (lane.isReadable()) {
                lane.read(open.size() == 1 ? deadline : Deadline.in(turnNanos(deadline), config.ticker()));
                return;
            }
        }
        LockSupport.parkNanos(Fanout.class, turnNanos(deadline)); // a reader that completes something ends it early
    }

    private static long turnNanos(Deadline deadline) {
        return Math.min(deadline.leftNanos(), TURN_NANOS);
    }
}
