package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way to one node: its connection, made when a request needs one, and made again after it broke. Thread-safe.
 *
 * <p>Dialling runs on a thread of its own, one at a time, so that neither name service nor network hold a caller beyond his
 * deadline, and a dial that takes longer than the first caller's deadline serves those after him.
 */
final class NodeLink {
    /** For a caller that slept through its deadline: what is there is read, nothing is waited for. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Dials in vain, after which no caller waits for one any more: they fail at once until one succeeds. */
    private static final int BREAKER_FAILURES = 3;

    private static final Lost CLIENT_CLOSED =
            new Lost("was disconnected, as the client closed,", "stop calling before closing", null);

    private final Node node;
    private final MemcachedConfig config;
    private final long exptimeMax;
    private final NodeCounters counters = new NodeCounters();
    private final Watching watching;
    private final Replay replay;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Backoff backoff;

    @GuardedBy("lock")
    private @Nullable CompletableFuture<Dialled> dialling;

    /** Why the last dial failed, or the last connection that never answered broke. */
    @GuardedBy("lock")
    private @Nullable Lost lastFailure;

    @GuardedBy("lock")
    private boolean closed;

    private volatile @Nullable Connection current;

    /** Whether the last dial was in vain, and none has succeeded since. */
    private volatile boolean down;

    /** The outcome of a dial: one of the two is there. */
    record Dialled(
            @Nullable Connection connection, @Nullable Lost failure) {}

    NodeLink(Node node, MemcachedConfig config) {
        this(node, config, Duration.ZERO);
    }

    /**
     * A way to a node.
     *
     * @param ttlMax longest TTL there; zero for any
     */
    NodeLink(Node node, MemcachedConfig config, Duration ttlMax) {
        this.node = node;
        this.config = config;
        this.exptimeMax = ttlMax.toSeconds();
        this.watching = new Watching(config.listener(), config.ticker());
        this.replay = new Replay(this, config, this::open);
        this.backoff = new Backoff(
                config.ticker(),
                config.limits().dialsPerSecondMax(),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    Node node() {
        return node;
    }

    Watching watching() {
        return watching;
    }

    NodeCounters counters() {
        return counters;
    }

    NodeStats stats() {
        Connection open = open();
        return counters.stats(
                open != null,
                open != null && open.dialect() == Dialect.META,
                open == null ? 0 : open.inFlight(),
                replay.size());
    }

    /** The exptime of an item here. */
    long exptime(long wanted) {
        boolean longer = wanted == 0 || wanted > exptimeMax; // dates are larger than any number of seconds
        return exptimeMax > 0 && longer ? exptimeMax : wanted;
    }

    /** Whether calls should go to this node; where not, a dial is started when it is time for one. */
    boolean isUsable() {
        Connection open = open();
        if (open != null) {
            return !open.isSilent();
        }
        if (!down) {
            return true;
        }
        lock.lock();
        try {
            if (!closed && dialling == null && backoff.leftNanos() <= 0) {
                CompletableFuture<Dialled> unused = startDial();
            }
        } finally {
            lock.unlock();
        }
        return false;
    }

    /** Sees to it that an item is removed: as soon as possible, and before anything is read from the node after it was down. */
    void forget(byte[] wireKey) {
        if (!replay.add(wireKey)) {
            counters.deletesDropped.increment();
            watching.deleteDropped(node);
        } else if (open() != null) {
            replay.wake();
        }
    }

    /** Sends a request and waits for its reply. */
    <E extends Exchange> E call(E exchange, Deadline deadline) {
        try {
            return answer(exchange, deadline);
        } catch (MemcachedException e) {
            exchange.unanswered();
            throw e;
        }
    }

    private <E extends Exchange> E answer(E exchange, Deadline deadline) {
        String operation = exchange.operation();
        if (Thread.currentThread().isInterrupted()) {
            throw Failures.interrupted(node, operation, deadline);
        }
        Connection connection = send(exchange, deadline);
        boolean done = connection.await(exchange, deadline);
        if (!done && deadline.isMissedByFar()) {
            done = connection.await(exchange, Deadline.in(GRACE_NANOS, config.ticker()));
        }
        if (!done && connection.detach(exchange)) {
            throw interruptedOrTimedOut(connection, exchange, operation, deadline);
        }
        Lost lost = exchange.lost();
        if (lost != null) {
            throw unavailable(operation, deadline, lost);
        }
        return exchange;
    }

    private Connection send(Exchange exchange, Deadline deadline) {
        String operation = exchange.operation();
        try {
            while (true) {
                Connection connection = connection(exchange, deadline);
                switch (connection.send(exchange, deadline)) {
                    case ADMITTED -> {
                        counters.requests.increment();
                        return connection;
                    }
                    case FULL -> {
                        counters.timeouts.increment();
                        throw Failures.overloaded(node, operation, deadline, connection.inFlight());
                    }
                    case CLOSED -> {} // nothing was sent: the next connection will do
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(node, operation, deadline);
        }
    }

    MemcachedException interruptedOrTimedOut(
            @Nullable Connection connection, @Nullable Exchange exchange, String operation, Deadline deadline) {
        return Thread.currentThread().isInterrupted()
                ? Failures.interrupted(node, operation, deadline)
                : timedOut(connection, exchange, operation, deadline);
    }

    MemcachedException timedOut(
            @Nullable Connection connection, @Nullable Exchange exchange, String operation, Deadline deadline) {
        counters.timeouts.increment();
        if (connection == null) {
            return Failures.noConnection(node, operation, deadline);
        }
        connection.missed();
        return Failures.noReply(
                node,
                operation,
                deadline,
                connection.inFlight(),
                Failures.whereTimeWent(
                        connection, exchange, deadline, config.ticker().nanos()));
    }

    MemcachedException unavailable(String operation, Deadline deadline, Lost lost) {
        counters.failures.increment();
        return Failures.lost(node, operation, deadline, lost);
    }

    /** The connection to send on, if there is one. */
    @Nullable
    Connection current() {
        Connection open = open();
        return open == null || open.isSilent() ? null : open;
    }

    private @Nullable Connection open() {
        Connection open = current;
        return open != null && open.isOpen() ? open : null;
    }

    private Connection connection(Exchange exchange, Deadline deadline) throws InterruptedException {
        Connection open = current();
        if (open != null) {
            return open;
        }
        exchange.time();
        String operation = exchange.operation();
        CompletableFuture<Dialled> dial = dial(operation);
        for (long left = deadline.leftNanos(); left > 0; left = deadline.leftNanos()) {
            try {
                return connected(dial.get(left, TimeUnit.NANOSECONDS), operation, deadline);
            } catch (TimeoutException e) {
                // whether it is over, the ticker of the deadline says
            } catch (ExecutionException e) {
                throw new IllegalStateException("a dial completes with its failure as a value", e);
            }
        }
        counters.timeouts.increment();
        throw Failures.noConnection(node, operation, deadline);
    }

    /** The connection a dial made. */
    Connection connected(Dialled dialled, String operation, Deadline deadline) {
        Connection connection = dialled.connection();
        if (connection != null) {
            return connection;
        }
        Lost failure = dialled.failure();
        throw failure == null ? Failures.closed() : unavailable(operation, deadline, failure);
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
                    counters.failures.increment();
                    throw Failures.silent(node, operation, Connection.SILENT_MISSES);
                }
                return CompletableFuture.completedFuture(new Dialled(open, null));
            }
            if (closed) {
                throw Failures.closed();
            }
            CompletableFuture<Dialled> started = dialling;
            Lost failure = lastFailure;
            if (started == null) {
                long waitNanos = backoff.leftNanos();
                if (waitNanos > 0 && failure != null) {
                    counters.failures.increment();
                    throw Failures.waiting(node, operation, failure, waitNanos);
                }
                started = startDial();
            }
            if (failure != null && backoff.failures() >= BREAKER_FAILURES) {
                counters.failures.increment();
                throw Failures.probed(node, operation, failure);
            }
            return started;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private CompletableFuture<Dialled> startDial() {
        CompletableFuture<Dialled> started = new CompletableFuture<>();
        backoff.dialled();
        counters.dials.increment();
        dialling = started;
        Daemon.startThread("larder-dial-" + node, () -> dialNow(started));
        return started;
    }

    private void dialNow(CompletableFuture<Dialled> outcome) {
        Duration limit = config.timeouts().connect();
        Dialled dialled;
        try {
            dialled = new Dialled(caughtUp(Dial.connection(node, config, this::lost)), null);
        } catch (IOException | RuntimeException | Error e) { // whatever it is: or nobody would ever dial again
            dialled = new Dialled(null, Dial.lost(e, limit));
        }
        Dialled adopted = adopt(dialled);
        outcome.complete(adopted);
        watching.nodeChanged(node, this::state);
    }

    /** A connection that the node has forgotten over what it missed. */
    private Connection caughtUp(Connection connection) throws IOException {
        boolean caughtUp = false;
        try {
            caughtUp = replay.over(connection);
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
                lastFailure = dialled.failure();
                backoff.failed();
                down = true;
                counters.dialFailures.increment(); // last: who sees the count finds the node down
                return dialled;
            }
            if (!closed) {
                current = connection;
                down = false;
                if (replay.size() > 0) {
                    replay.wake(); // what came in the last moment
                }
                return dialled;
            }
        } finally {
            lock.unlock();
        }
        connection.close(CLIENT_CLOSED);
        return new Dialled(null, null);
    }

    /** A connection that never answered counts as a dial in vain: or a node that only accepts would be dialled at each call. */
    private void lost(Connection connection, Lost reason) {
        noteLoss(connection, reason);
        watching.nodeChanged(node, this::state);
    }

    /** For the listener; null if there is nothing to tell, as once the client has let go of the node. */
    private Watching.@Nullable NodeState state() {
        lock.lock();
        try {
            if (closed) {
                return null;
            }
            Lost failure = lastFailure;
            if (open() != null) {
                return new Watching.NodeState(true, "");
            }
            return failure == null ? null : new Watching.NodeState(false, failure.what()); // null: it breaks just now
        } finally {
            lock.unlock();
        }
    }

    private void noteLoss(Connection connection, Lost reason) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            lastFailure = reason;
            if (connection.everReplied()) {
                backoff.succeeded();
            } else {
                backoff.failed();
                down = true;
            }
            counters.connectionsLost.increment();
        } finally {
            lock.unlock();
        }
    }

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
        replay.stop();
        if (open != null) {
            open.close(CLIENT_CLOSED);
        }
    }
}
