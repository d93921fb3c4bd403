package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a node, made when a request needs it, and made again after it broke. Thread-safe.
 *
 * <p>Dialling runs on a thread of its own, one at a time, so that neither name service nor network hold a caller beyond his
 * deadline, and a dial that takes longer than the first caller's deadline serves those after him.
 */
final class Lane {
    private static final Lost CLIENT_CLOSED =
            new Lost("was disconnected, as the client closed,", "stop calling before closing", null);

    private final NodeLink link;
    private final MemcachedConfig config;
    private final Health health;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private @Nullable CompletableFuture<Dialled> dialling;

    @GuardedBy("lock")
    private boolean closed;

    /** Publishes a connection that was dialled. */
    private volatile @Nullable Connection current;

    /** The outcome of a dial: one of the two is there, or none as the client is closed. */
    record Dialled(
            @Nullable Connection connection, @Nullable Lost failure) {}

    Lane(NodeLink link, MemcachedConfig config, Health health) {
        this.link = link;
        this.config = config;
        this.health = health;
    }

    NodeLink link() {
        return link;
    }

    /** The connection to send on, if there is one that answers. */
    @Nullable
    Connection current() {
        Connection open = open();
        return open == null || open.isSilent() ? null : open;
    }

    /** The connection, also while the node is silent. */
    @Nullable
    Connection open() {
        Connection open = current;
        return open != null && open.isOpen() ? open : null;
    }

    /**
     * The dial going on, or a new one.
     *
     * @throws NodeUnavailableException if the node is to be left alone for now
     */
    CompletableFuture<Dialled> dial(String operation) {
        lock.lock();
        try {
            Connection open = open();
            if (open != null) {
                if (open.isSilent()) {
                    throw refused(Failures.silent(link.node(), operation, Connection.SILENT_MISSES));
                }
                return CompletableFuture.completedFuture(new Dialled(open, null));
            }
            if (closed) {
                throw Failures.closed();
            }
            CompletableFuture<Dialled> started = dialling;
            Lost failure = health.lastFailure();
            if (started == null) {
                long waitNanos = health.waitNanos();
                if (waitNanos > 0 && failure != null) {
                    throw refused(Failures.waiting(link.node(), operation, failure, waitNanos));
                }
                started = startDial();
            }
            if (failure != null && health.isGivenUp()) {
                throw refused(Failures.probed(link.node(), operation, failure));
            }
            return started;
        } finally {
            lock.unlock();
        }
    }

    private NodeUnavailableException refused(NodeUnavailableException failure) {
        link.counters().failures.increment();
        return failure;
    }

    /** Dials if it is time for that, for nobody in particular. */
    void dialIfTime() {
        lock.lock();
        try {
            if (!closed && dialling == null && health.waitNanos() <= 0) {
                CompletableFuture<Dialled> unused = startDial();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private CompletableFuture<Dialled> startDial() {
        CompletableFuture<Dialled> started = new CompletableFuture<>();
        health.dialling();
        link.counters().dials.increment();
        dialling = started;
        Daemon.startThread("larder-dial-" + link.node(), () -> dialNow(started));
        return started;
    }

    private void dialNow(CompletableFuture<Dialled> outcome) {
        Duration limit = config.timeouts().connect();
        Dialled dialled;
        try {
            dialled = new Dialled(caughtUp(Dial.connection(link.node(), config, this::lost)), null);
        } catch (IOException | RuntimeException | Error e) { // whatever it is: or nobody would ever dial again
            dialled = new Dialled(null, Dial.lost(e, limit));
        }
        Dialled adopted = adopt(dialled);
        outcome.complete(adopted);
        link.changed();
    }

    /** A connection that the node has forgotten over what it missed. */
    private Connection caughtUp(Connection connection) throws IOException {
        boolean caughtUp = false;
        try {
            caughtUp = link.replay().over(List.of(connection));
        } finally {
            if (!caughtUp) {
                connection.close(new Lost("did not take the deletes it had missed", Connection.REDIAL_ADVICE, null));
            }
        }
        if (!caughtUp) {
            throw new SocketTimeoutException("deletes it had missed were not answered");
        }
        return connection;
    }

    private Dialled adopt(Dialled dialled) {
        Connection connection = dialled.connection();
        lock.lock();
        try {
            dialling = null;
            if (connection == null) {
                health.dialFailed(dialled.failure());
                link.counters().dialFailures.increment(); // last: who sees the count finds the node down
                return dialled;
            }
            if (!closed) {
                current = connection;
                health.connected();
                if (link.replay().size() > 0) {
                    link.replay().wake(); // what came in the last moment
                }
                return dialled;
            }
        } finally {
            lock.unlock();
        }
        connection.close(CLIENT_CLOSED);
        return new Dialled(null, null);
    }

    private void lost(Connection connection, Lost reason) {
        if (noteLoss(connection, reason)) {
            link.changed();
        }
    }

    private boolean noteLoss(Connection connection, Lost reason) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            health.lost(reason, connection.everReplied());
            link.counters().connectionsLost.increment();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** For good: nothing is dialled any more. */
    void close() {
        Connection open;
        lock.lock();
        try {
            closed = true;
            open = current;
            current = null;
        } finally {
            lock.unlock();
        }
        if (open != null) {
            open.close(CLIENT_CLOSED);
        }
    }
}
