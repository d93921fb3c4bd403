package io.larder.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Deletes that one node has missed: sent over its open connections as soon as possible, and before anything is read over a new
 * one. Thread-safe.
 */
final class Replay {
    private static final int BATCH = 64;

    /** Until deletes that an open connection did not take or answer are sent once more. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeLink link;
    private final MemcachedConfig config;
    private final MissedDeletes missed;
    private final Daemon daemon;

    Replay(NodeLink link, MemcachedConfig config) {
        this.link = link;
        this.config = config;
        this.missed = new MissedDeletes(config.limits().missedDeletesMax());
        this.daemon = new Daemon("larder-replay-" + link.node(), this::overOpenConnections);
    }

    /** False if there is no room. */
    boolean add(byte[] wireKey) {
        return missed.add(wireKey);
    }

    int size() {
        return missed.size();
    }

    /** Starts over the open connection. */
    void wake() {
        daemon.wake();
    }

    void stop() {
        daemon.stop();
    }

    private void overOpenConnections() {
        List<Connection> open = link.open();
        while (!open.isEmpty() && !over(open)) { // once they are gone, the rest is done before the next one is used
            daemon.pause(AGAIN_NANOS);
            open = link.open();
        }
    }

    /**
     * Removes what has to be forgotten.
     *
     * @param connections all in use: each of them may have something in flight that the delete has to stay behind
     * @return false if the node did not answer all of it
     */
    boolean over(List<Connection> connections) {
        while (missed.size() > 0) {
            Deadline deadline = Deadline.in(config.timeouts().bulk().toNanos(), config.ticker());
            List<byte[]> keys = missed.oldest(BATCH);
            Set<byte[]> unanswered = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Connection connection : connections) {
                unanswered.addAll(send(connection, keys, deadline));
            }
            for (byte[] key : keys) {
                if (!unanswered.contains(key)) {
                    missed.remove(key);
                    link.counters().deletesReplayed.increment();
                }
            }
            if (!unanswered.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Sends deletes and waits for their replies; returns the keys that got none. */
    private List<byte[]> send(Connection connection, List<byte[]> keys, Deadline deadline) {
        List<TestCall.Delete> sent = new ArrayList<>();
        List<byte[]> unanswered = new ArrayList<>();
        try {
            for (byte[] key : keys) {
                TestCall.Delete delete = new TestCall.Delete("replay", link, "", key);
                if (connection.send(delete, deadline) != Pipeline.Admission.ADMITTED) {
                    break;
                }
                sent.add(delete);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // by nobody: the thread is our own
        }
        for (TestCall.Delete delete : sent) {
            if (!answered(connection, delete, deadline)) {
                unanswered.add(delete.wireKey());
            }
        }
        unanswered.addAll(keys.subList(sent.size(), keys.size()));
        return unanswered;
    }

    private static boolean answered(Connection connection, TestCall.Delete delete, Deadline deadline) {
        boolean gaveUp = !connection.await(delete, deadline) && connection.detach(delete);
        return !gaveUp && delete.lost() == null;
    }
}
