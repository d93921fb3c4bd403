package io.larder.server;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One thread that owns a selector and its connections for life, and shares the store with the other loops.
 *
 * <p>A turn does bounded work for each connection, in this order: those left over from earlier turns, new ones, those whose
 * socket is ready. Other threads may call {@link #adopt} and {@link #stop}; everything else is confined to the loop.
 */
final class EventLoop implements Runnable {
    /** Under pressure, a peer that holds memory and has not moved for this long is dropped. */
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long RELIEF_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String BY_PEER = "closed";
    private static final String IDLE = "closed: idle for too long";
    private static final String BY_SERVER = "closed by the server";
    private static final long SELECT_MILLIS_MAX = 1000;
    static final int READ_BUFFER_BYTES = 64 << 10;
    private static final int REPLY_BUFFER_BYTES = 64 << 10;

    private final Selector selector;
    private final ItemStore.Session session;
    private final ServerLog log;
    private final ConnectionLimit connections;
    private final BufferBudget budget;
    private final Ticker ticker;
    private long relievedNanos;
    private final AtomicLong connectionIds;
    private final LoopCounters counters = new LoopCounters();
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);
    private final SpareBuffers spareBuffers = new SpareBuffers();
    private final Replies replies = new Replies(REPLY_BUFFER_BYTES);
    private final Commands commands;
    private final Protocols protocols;
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>(); // bounded by the connection limit
    private final ArrayDeque<Connection> waiting = new ArrayDeque<>();
    private final IdleWatch idle;
    private final IdlePeers idlePeers;
    private final int requestsPerTurn;

    // kept, as a turn that made them would leave garbage
    private final Consumer<SelectionKey> socketReady = this::socketReady;
    private final IdleWatch.Look look = this::look;
    private final ServerFailure failure;
    private final Looking looking;
    private final ItemStore.Session observed;
    private final Queue<Connection> woken = new ConcurrentLinkedQueue<>(); // each connection at most once
    private final @Nullable Tls tls;
    private final @Nullable TlsBuffers tlsBuffers;
    private final TlsHandshakes handshakes;
    private boolean observing;
    private long turnNanos;
    private long servingId;
    private volatile boolean stopped;

    EventLoop(ServerParts parts) throws IOException {
        this.selector = Selector.open();
        ItemStore.Session plain = parts.store().session();
        this.session = parts.config().cas() ? plain : new TokenlessSession(plain);
        this.log = parts.log();
        this.failure = parts.failure();
        this.connections = parts.connections();
        this.budget = parts.budget();
        this.ticker = parts.ticker();
        this.requestsPerTurn = parts.config().requestsPerTurn();
        this.idlePeers = new IdlePeers(parts.config().idleTimeout(), ticker);
        this.idle = new IdleWatch(parts.sparesProcessors());
        this.relievedNanos = ticker.nanos();
        this.tls = parts.access().tls();
        this.tlsBuffers = tls == null ? null : new TlsBuffers();
        this.handshakes = new TlsHandshakes(ticker);
        this.connectionIds = parts.connectionIds();
        this.commands = new Commands(
                session, replies, counters, new AdminCommands(parts, replies), log, parts.wallClock(), parts.permits());
        BinaryCommands binary =
                new BinaryCommands(session, replies, counters, parts.stats(), log, parts.wallClock(), parts.permits());
        this.protocols = new Protocols(
                commands,
                binary,
                parts.store().valueBytesMax(),
                parts.config().protocol(),
                parts.access().users(),
                textDoor(parts.access().users()));
        this.looking = parts.looking();
        this.observed = new ObservedSession(session, looking.watch(), looking.prefixes(), () -> servingId);
        parts.stats().add(counters);
    }

    private UnaryOperator<Protocol> textDoor(@Nullable AuthFile users) {
        return users == null
                ? UnaryOperator.identity()
                : behind -> new LoginProtocol(users, replies, counters, log, behind);
    }

    /** Takes over a connection that has its place in the limit. */
    void adopt(Arrival arrival) {
        arrivals.add(arrival);
        selector.wakeup();
    }

    /** Ends the loop after its turn; it closes its connections. */
    void stop() {
        stopped = true;
        selector.wakeup();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                turn();
            }
        } catch (IOException | RuntimeException | Error e) {
            failure.report("event loop", e); // a server with a dead loop would leave its connections hanging
        } finally {
            closeAll();
        }
    }

    /** One turn; waits for work where there is none. */
    void turn() throws IOException {
        observe();
        turnNanos = ticker.nanos();
        for (int left = waiting.size(); left > 0; left--) {
            Connection connection = waiting.remove();
            guard(connection, Connection::takeTurn);
        }
        commands.endOfTurn(); // asleep with a batch open it would keep back memory that other loops need
        if (!waiting.isEmpty()) {
            selector.selectNow(socketReady);
        } else if (!idle.findsWork(look)) {
            selector.select(socketReady, SELECT_MILLIS_MAX);
        }
        for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
            open(arrival);
        }
        for (Connection connection = woken.poll(); connection != null; connection = woken.poll()) {
            guard(connection, Connection::woken);
        }
        for (Connection late = handshakes.nextOverdue(); late != null; late = handshakes.nextOverdue()) {
            close(late, "dropped: its TLS handshake took too long");
        }
        commands.endOfTurn();
        if (idlePeers.isTimeToLook()) {
            dropIdle();
        }
        if (budget.isPressed()) {
            relieve();
        }
    }

    /** Works through the session that tells of what it does, while somebody looks. */
    private void observe() {
        boolean wanted = looking.seesCommands();
        if (wanted != observing) {
            observing = wanted;
            protocols.use(wanted ? observed : session);
        }
    }

    /** Any thread: there is something new for that connection. */
    void wake(Connection connection) {
        woken.add(connection);
        selector.wakeup();
    }

    /** When the turn began. */
    long turnNanos() {
        return turnNanos;
    }

    /** Whose requests come next. */
    void serving(long connectionId) {
        servingId = connectionId;
    }

    private void dropIdle() {
        for (SelectionKey key : selector.keys()) {
            Connection connection = (Connection) key.attachment();
            if (connection != null && idlePeers.isIdle(connection)) {
                counters.increment(Counter.IDLE_KICKS);
                close(connection, IDLE);
            }
        }
    }

    /** Drops peers that hold memory and do not move, so that those who do get some. */
    private void relieve() {
        long now = ticker.nanos();
        if (now - relievedNanos < RELIEF_PAUSE_NANOS) {
            return;
        }
        relievedNanos = now;
        for (SelectionKey key : selector.keys()) {
            Connection connection = (Connection) key.attachment();
            if (connection != null && connection.holdsWithoutMoving(now, STALLED_NANOS)) {
                counters.increment(Counter.CONN_DROPPED);
                close(connection, "dropped: it held memory that others needed, and did not move");
            }
        }
    }

    /** Looks for work without waiting. A wake-up is used up by this, so what it was for is work as well. */
    private boolean look() throws IOException {
        return selector.selectNow(socketReady) > 0 || stopped || !arrivals.isEmpty() || !woken.isEmpty();
    }

    private void socketReady(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        idlePeers.saw(connection);
        guard(connection, Connection::socketReady);
    }

    private interface Step {
        void run(Connection connection) throws IOException;
    }

    /** One bad peer, or one bug on its way, must not stop the loop. */
    private void guard(Connection connection, Step step) {
        try {
            step.run(connection);
        } catch (EOFException e) {
            close(connection, BY_PEER);
        } catch (IOException | CancelledKeyException e) {
            close(connection, "dropped: " + e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            if (e instanceof OutOfMemoryError) {
                counters.increment(Counter.MALLOC_FAILS);
            }
            log.always("connection " + connection.id() + " closed after an internal error: " + e);
            close(connection, "dropped");
        }
    }

    private void open(Arrival arrival) {
        SocketChannel channel = arrival.channel();
        try {
            channel.configureBlocking(false);
            if (!arrival.endpoint().isUnix()) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            }
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            long id = connectionIds.incrementAndGet();
            Connection connection = connection(id, arrival, key);
            idlePeers.saw(connection);
            key.attach(connection);
            looking.connections().add(connection);
            looking.watch().connected(id, connection.peer());
            log.connection(id, "opened");
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            log.connection(0, "dropped at once: " + e.getMessage());
            connections.leave();
            discard(channel);
        }
    }

    private Connection connection(long id, Arrival arrival, SelectionKey key) throws IOException {
        Peername peer = Peername.of(arrival);
        if (tls == null || tlsBuffers == null || !arrival.endpoint().tls()) {
            return new Connection(id, new PlainTransport(arrival.channel()), peer, key, this, budget);
        }
        Connection[] self = new Connection[1];
        TlsTransport transport = new TlsTransport(
                arrival.channel(), tls::engine, tls::execute, tlsBuffers, budget, counters, () -> wake(self[0]));
        self[0] = new Connection(id, transport, peer, key, this, budget);
        handshakes.begin(self[0], transport);
        return self[0];
    }

    private void close(Connection connection, String why) {
        handshakes.closed(connection);
        if (connection.close()) {
            connections.leave();
            looking.connections().remove(connection);
            looking.watch().closed(connection.id(), connection.peer(), reason(why));
            log.connection(connection.id(), why);
        }
    }

    /** In memcached's words. */
    private static String reason(String why) {
        return switch (why) {
            case BY_PEER -> "normal";
            case BY_SERVER -> "shutdown";
            case IDLE -> "idle_timeout";
            default -> "error";
        };
    }

    private void closeAll() {
        for (SelectionKey key : selector.keys()) {
            close((Connection) key.attachment(), BY_SERVER);
        }
        for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
            connections.leave();
            discard(arrival.channel());
        }
        session.close();
        try {
            selector.close();
        } catch (IOException e) {
            log.always("closing an event loop failed: " + e.getMessage());
        }
    }

    private void discard(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.connection(0, "close failed: " + e.getMessage());
        }
    }

    int requestsPerTurn() {
        return requestsPerTurn;
    }

    void queueForTurn(Connection connection) {
        waiting.add(connection);
    }

    ByteBuffer readBuffer() {
        return readBuffer;
    }

    SpareBuffers spareBuffers() {
        return spareBuffers;
    }

    Replies replies() {
        return replies;
    }

    Protocols protocols() {
        return protocols;
    }

    LoopCounters counters() {
        return counters;
    }

    Ticker ticker() {
        return ticker;
    }

    ServerLog log() {
        return log;
    }
}
