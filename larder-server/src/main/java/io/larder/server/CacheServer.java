package io.larder.server;

import io.larder.base.LarderException;
import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.SegmentStore;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cache server that memcached clients speak to.
 *
 * <p>It runs from {@link #open} to {@link #close}, on threads of its own: one that accepts and one for each event loop.
 * Thread-safe.
 */
public final class CacheServer implements AutoCloseable {
    /** Replies and incomplete requests held back for all connections together, unless values are larger. */
    private static final long BUFFER_BYTES_MAX = 32L << 20;

    private static final long STOP_MILLIS_MAX = 5000;

    private final ServerLog log;
    private final Access access;
    private final ItemStore store;
    private final ServerParts parts;
    private final Listener listener;
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<InetSocketAddress> addresses;
    private final List<InetSocketAddress> exposed;

    private CacheServer(
            ServerConfig config,
            Ticker realTicker,
            InstantSource realWallClock,
            PrintStream logOut,
            Runnable onFailure,
            Runnable onShutdown) {
        DebugClock debugClock = config.debugTime() ? new DebugClock(realTicker, realWallClock) : null;
        Ticker ticker = debugClock == null ? realTicker : debugClock;
        InstantSource wallClock = debugClock == null ? realWallClock : debugClock;
        log = new ServerLog(logOut, config.verbosity());
        ServerFailure failure = new ServerFailure(log, onFailure);
        ConnectionLimit connections = new ConnectionLimit(config.connectionsMax());
        access = Access.open(config, ticker, wallClock, log);
        listener = Listener.open(config, connections, log, failure);
        addresses = listener.addresses();
        exposed = listener.exposedAddresses();
        store = openStore(config, ticker);
        Looking looking = new Looking(
                new Watch(store, wallClock),
                new PrefixStats(config.prefixDelimiter(), config.countsPrefixes()),
                new OpenConnections(),
                new Crawler());
        BufferBudget budget = new BufferBudget(
                Math.max(BUFFER_BYTES_MAX, 4L * config.storage().valueBytesMax()));
        parts = new ServerParts(
                config,
                store,
                ticker,
                wallClock,
                debugClock,
                leavesProcessors(config.threads()),
                connections,
                budget,
                new AtomicLong(),
                access,
                new Stats(config, store, connections, access, budget, looking, log, ticker, wallClock),
                looking,
                log,
                failure,
                new Permits(config.flush(), config.shutdown(), config.cas(), onShutdown));
        try {
            for (int i = 0; i < config.threads(); i++) {
                loops.add(new EventLoop(parts));
            }
        } catch (IOException e) {
            listener.close();
            throw new LarderException("cannot start event loops: " + e.getMessage(), e);
        }
        listener.dealTo(loops);
    }

    /**
     * Binds the addresses and starts serving; clients can connect when this returns.
     *
     * @throws LarderException if an address cannot be bound
     */
    public static CacheServer open(ServerConfig config) {
        return open(config, () -> {}, () -> {});
    }

    /**
     * Like {@link #open(ServerConfig)}.
     *
     * @param onFailure run, once or more, on a thread of the server that ends by a fault; it has been logged, and the server must
     *     be closed
     * @param onShutdown run, once or more, on a thread of the server when a peer who may do so asks it to end; whoever opened it
     *     closes it then, on another thread
     */
    public static CacheServer open(ServerConfig config, Runnable onFailure, Runnable onShutdown) {
        return start(new CacheServer(config, Ticker.SYSTEM, InstantSource.system(), System.err, onFailure, onShutdown));
    }

    /** Like {@link #open(ServerConfig)}, with the clocks and the log given, for tests. */
    public static CacheServer open(ServerConfig config, Ticker ticker, InstantSource wallClock, PrintStream log) {
        return start(new CacheServer(config, ticker, wallClock, log, () -> {}, () -> {}));
    }

    private ItemStore openStore(ServerConfig config, Ticker ticker) {
        try {
            return SegmentStore.open(config.storage().withWriters(config.threads()), ticker);
        } catch (LarderException | OutOfMemoryError e) {
            listener.close();
            throw e;
        }
    }

    /** Whether loops may stay awake without keeping a processor from others; one loop alone gives way to them. */
    private static boolean leavesProcessors(int threads) {
        return threads == 1 || threads < Runtime.getRuntime().availableProcessors();
    }

    private static CacheServer start(CacheServer server) {
        server.startThread(server.listener, "larder-listener");
        for (int i = 0; i < server.loops.size(); i++) {
            server.startThread(server.loops.get(i), "larder-loop-" + i);
        }
        return server;
    }

    private void startThread(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        threads.add(thread);
        thread.start();
    }

    /** Where it listens on TCP; ports are those really taken. Empty where it has a unix socket instead. */
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** Those of the addresses that others than this machine's users may reach, and where nothing asks them who they are. */
    public List<InetSocketAddress> exposedAddresses() {
        return exposed;
    }

    /** The port of the first address; 0 where there is none. */
    public int port() {
        return addresses.isEmpty() ? 0 : addresses.get(0).getPort();
    }

    /**
     * What it has counted and what it holds at this moment, for monitoring. Any thread may ask until it is closed; that looks at
     * every segment, so not many times a second.
     */
    public List<Metric> metrics() {
        return new ServerMetrics(parts, threads.subList(1, threads.size())).all();
    }

    /**
     * Reads users and certificates again, for connections to come; those that are open stay as they are. A line in the log says
     * what came of each. A file that cannot be used changes nothing.
     */
    public void reload() {
        access.reload();
    }

    /** Stops accepting, ends the turns under way, closes connections and frees memory; at most 5 seconds. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS_MAX);
        listener.stop();
        join(threads.subList(0, 1), deadline); // first, or it would deal a connection to a loop that has gone
        loops.forEach(EventLoop::stop);
        join(threads, deadline);
        access.close();
        store.close();
    }

    private static void join(List<Thread> ending, long deadline) {
        boolean interrupted = false;
        for (Thread thread : ending) {
            try {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (thread != Thread.currentThread()) {
                    thread.join(Math.max(1, millis));
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
