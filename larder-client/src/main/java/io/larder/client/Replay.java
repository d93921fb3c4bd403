package io.larder.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Deletes that one node has missed: sent over its open connection as soon as possible, and before anything is read over a new
 * one. Thread-safe.
 */
final class Replay {
    private static final int BATCH = 64;

    /** Until deletes that an open connection did not take or answer are sent once more. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeLink link;
    private final MemcachedConfig config;
    private final Supplier<@Nullable Connection> open;
    private final MissedDeletes missed;
    private final Daemon daemon;

    /** @param open the connection of the node, null while there is none */
    Replay(NodeLink link, MemcachedConfig config, Supplier<@Nullable Connection> open) {
        this.link = link;
        this.config = config;
        this.open = open;
        this.missed = new MissedDeletes(config.limits().missedDeletesMax());
        this.daemon = new Daemon("larder-replay-" + link.node(), this::overOpenConnection);
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

    private void overOpenConnection() {
        Connection connection = open.get();
        while (connection != null
                && !over(connection)) { // once it is gone, the rest is done before the next one is used
            daemon.pause(AGAIN_NANOS);
            connection = open.get();
        }
    }

    /** Removes what has to be forgotten; false if the node did not answer all of it. */
    boolean over(Connection connection) {
        while (missed.size() > 0) {
            Deadline deadline = Deadline.in(config.timeouts().bulk().toNanos(), config.ticker());
            List<TestCall.Delete> sent = new ArrayList<>();
            try {
                for (byte[] key : missed.oldest(BATCH)) {
                    TestCall.Delete delete = new TestCall.Delete("replay", link, "", key);
                    if (connection.send(delete, deadline) != Pipeline.Admission.ADMITTED) {
                        return false;
                    }
                    sent.add(delete);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // by nobody: the thread is our own
                return false;
            } finally {
                sent.removeIf(delete -> answered(connection, delete, deadline));
            }
            if (!sent.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private boolean answered(Connection connection, TestCall.Delete delete, Deadline deadline) {
        if (!connection.await(delete, deadline) && connection.detach(delete)) {
            return false;
        }
        if (delete.lost() != null) {
            return false;
        }
        missed.remove(delete.wireKey());
        link.counters().deletesReplayed.increment();
        return true;
    }
}
