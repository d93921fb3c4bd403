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
     * Runs shares to their end: each job is done, or has its failure.
     *
     * @throws InterruptedCallException if the thread was interrupted; what was sent may have happened
     */
    static void run(Collection<NodeShare> shares, Deadline deadline, MemcachedConfig config) {
        List<NodeShare> open = List.copyOf(shares);
        throwIfInterrupted(open); // before anything is sent
        try {
            open = open.stream().filter(NodeShare::advance).toList();
            while (!open.isEmpty()
                    && deadline.leftNanos() > 0
                    && !Thread.currentThread().isInterrupted()) {
                wait(open, deadline, config);
                open = open.stream().filter(NodeShare::advance).toList();
            }
        } finally {
            shares.forEach(NodeShare::giveUp);
        }
        throwIfInterrupted(open);
    }

    private static void throwIfInterrupted(List<NodeShare> open) {
        if (!open.isEmpty() && Thread.currentThread().isInterrupted()) {
            throw open.get(0).interrupted();
        }
    }

    private static void wait(List<NodeShare> open, Deadline deadline, MemcachedConfig config) {
        for (NodeShare share : open) {
            if (share.isReadable()) {
                share.read(open.size() == 1 ? deadline : Deadline.in(turnNanos(deadline), config.ticker()));
                return;
            }
        }
        LockSupport.parkNanos(Fanout.class, turnNanos(deadline)); // a reader that completes something ends it early
    }

    private static long turnNanos(Deadline deadline) {
        return Math.min(deadline.leftNanos(), TURN_NANOS);
    }
}
