package io.larder.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The way to one node: sends requests and waits for replies, and tells how the node is. Thread-safe. */
final class NodeLink {
    /** For a caller that slept through its deadline: what is there is read, nothing is waited for. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Node node;
    private final MemcachedConfig config;
    private final long exptimeMax;
    private final NodeCounters counters = new NodeCounters();
    private final Watching watching;
    private final Health health;
    private final Replay replay;

    /** Says what costs less, so who sees it late is only dearer. */
    private volatile boolean ignoresConditions;

    private final LargeKeys largeKeys;

    /** For most requests. */
    private final Lane small;

    /** For those that would hold up others, on their way out or by their replies. */
    private final Lane large;

    private volatile boolean closed;

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
        this.health = new Health(config);
        this.largeKeys = new LargeKeys(config.limits().largeBytes());
        this.small = new Lane(this, config, health);
        this.large = new Lane(this, config, health);
        this.replay = new Replay(this, config);
    }

    /** Whether the node has been seen to send a value that was not to be sent. */
    boolean ignoresConditions() {
        return ignoresConditions;
    }

    void noteIgnoredCondition() {
        ignoresConditions = true;
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

    Replay replay() {
        return replay;
    }

    LargeKeys largeKeys() {
        return largeKeys;
    }

    Limits limits() {
        return config.limits();
    }

    /** The way for a request. Requests that follow each other on one key go the same way, as long as its value stays small or large. */
    Lane lane(Exchange exchange) {
        return lane(exchange.isLarge());
    }

    /** Where a node refuses the second connection, large requests share the first. */
    Lane lane(boolean isLarge) {
        if (!isLarge) {
            return small;
        }
        if (health.isDown() && large.open() == null && small.open() != null) {
            large.dialIfTime();
            return small;
        }
        return large;
    }

    /** The open connections, also while the node is silent. */
    List<Connection> open() {
        return Stream.of(small.open(), large.open()).filter(Objects::nonNull).toList();
    }

    NodeStats stats() {
        List<Connection> open = open();
        return counters.stats(
                !open.isEmpty(),
                !open.isEmpty() && open.get(0).dialect() == Dialect.META,
                open.stream().mapToInt(Connection::inFlight).sum(),
                replay.size());
    }

    /** The exptime of an item here. */
    long exptime(long wanted) {
        boolean longer = wanted == 0 || wanted > exptimeMax; // dates are larger than any number of seconds
        return exptimeMax > 0 && longer ? exptimeMax : wanted;
    }

    /** Whether calls should go to this node; where not, a dial is started when it is time for one. */
    boolean isUsable() {
        Connection open = small.open();
        if (open != null) {
            return !open.isSilent();
        }
        if (!health.isDown()) {
            return true;
        }
        small.dialIfTime();
        return false;
    }

    /** Sees to it that an item is removed: as soon as possible, and before anything is read from the node after it was down. */
    void forget(byte[] wireKey) {
        if (!replay.add(wireKey)) {
            counters.deletesDropped.increment();
            watching.deleteDropped(node);
        } else if (small.open() != null || large.open() != null) {
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
        Lost lost = attempt(exchange, deadline);
        if (lost != null && lost.unproven() && exchange.isRepeatable()) {
            exchange.again();
            lost = attempt(exchange, deadline);
        }
        if (lost != null) {
            throw unavailable(operation, deadline, lost);
        }
        return exchange;
    }

    /** Why there is no reply; null if there is one. */
    private @Nullable Lost attempt(Exchange exchange, Deadline deadline) {
        Connection connection = send(exchange, deadline);
        boolean done = connection.await(exchange, deadline);
        if (!done && deadline.isMissedByFar()) {
            done = connection.await(exchange, Deadline.in(GRACE_NANOS, config.ticker()));
        }
        if (!done && connection.detach(exchange)) {
            throw interruptedOrTimedOut(connection, exchange, exchange.operation(), deadline);
        }
        return exchange.lost();
    }

    /** Sends a request; where there is no connection or no room on it, waits for that as {@link BackPressure} says. */
    Connection send(Exchange exchange, Deadline deadline) {
        String operation = exchange.operation();
        try {
            while (true) {
                Connection connection = connection(lane(exchange), exchange, deadline);
                boolean rejects = limits().backPressure() == BackPressure.REJECT;
                switch (rejects ? connection.sendAtOnce(exchange) : connection.send(exchange, deadline)) {
                    case ADMITTED -> {
                        counters.requests.increment();
                        return connection;
                    }
                    case FULL -> {
                        counters.timeouts.increment();
                        throw rejects
                                ? Failures.full(node, operation, connection.inFlight())
                                : Failures.overloaded(node, operation, deadline, connection.inFlight());
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

    private Connection connection(Lane lane, Exchange exchange, Deadline deadline) throws InterruptedException {
        Connection open = lane.current();
        if (open != null) {
            return open;
        }
        exchange.time();
        String operation = exchange.operation();
        CompletableFuture<Lane.Dialled> dial = lane.dial(operation);
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
    Connection connected(Lane.Dialled dialled, String operation, Deadline deadline) {
        Connection connection = dialled.connection();
        if (connection != null) {
            return connection;
        }
        Lost failure = dialled.failure();
        throw failure == null ? Failures.closed() : unavailable(operation, deadline, failure);
    }

    /** The listener, if there is one, hears of it if the node has become usable, or ceased to be. */
    void changed() {
        watching.nodeChanged(node, this::state);
    }

    /** For the listener; null if there is nothing to tell, as once the client has let go of the node. */
    private Watching.@Nullable NodeState state() {
        boolean open = small.open() != null || large.open() != null;
        if (closed) { // looked at last: what is not open may be so for that
            return null;
        }
        Lost failure = health.lastFailure();
        if (open) {
            return new Watching.NodeState(true, "");
        }
        return failure == null ? null : new Watching.NodeState(false, failure.what()); // null: it breaks just now
    }

    void close() {
        closed = true;
        replay.stop();
        small.close();
        large.close();
    }
}
