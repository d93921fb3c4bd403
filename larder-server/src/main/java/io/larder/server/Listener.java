package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.HostPort;
import io.larder.base.LarderException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Accepts connections on its own thread and deals them out to the event loops in turn, so that busy loops never keep anyone
 * from connecting or from being told that the server is full.
 */
final class Listener implements Runnable {
    static final int BACKLOG = 1024;
    private static final long PAUSE_NANOS = 50_000_000;
    private static final byte[] FULL = "ERROR Too many open connections\r\n".getBytes(US_ASCII);

    private final Selector selector;
    private final List<ServerSocketChannel> sockets = new ArrayList<>();
    private final ConnectionLimit connections;
    private final ServerLog log;
    private final ServerFailure failure;
    private List<EventLoop> loops = List.of();
    private int next;
    private boolean acceptFailing;
    private volatile boolean stopped;

    private Listener(Selector selector, ConnectionLimit connections, ServerLog log, ServerFailure failure) {
        this.selector = selector;
        this.connections = connections;
        this.log = log;
        this.failure = failure;
    }

    /**
     * Binds all addresses.
     *
     * @throws LarderException if one cannot be bound; none is then left open
     */
    static Listener open(ServerConfig config, ConnectionLimit connections, ServerLog log, ServerFailure failure) {
        try {
            Listener listener = new Listener(Selector.open(), connections, log, failure);
            try {
                for (HostPort address : config.addresses()) {
                    listener.bind(address, config.port());
                }
                return listener;
            } catch (IOException | RuntimeException e) {
                listener.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LarderException("cannot listen: " + e.getMessage(), e);
        }
    }

    private void bind(HostPort address, int defaultPort) throws IOException {
        int port = address.portOr(defaultPort);
        InetSocketAddress resolved = new InetSocketAddress(resolve(address.host()), port);
        ServerSocketChannel socket = ServerSocketChannel.open();
        sockets.add(socket);
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        try {
            socket.bind(resolved, BACKLOG);
        } catch (BindException e) {
            throw new LarderException(cannotBind(address.host(), port, e), e);
        }
        socket.configureBlocking(false);
        socket.register(selector, SelectionKey.OP_ACCEPT);
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new LarderException(
                    "address %s is not known; give an address or name of this machine with -l".formatted(host), e);
        }
    }

    private static String cannotBind(String host, int port, BindException e) {
        String reason = String.valueOf(e.getMessage());
        if (reason.contains("in use")) {
            return "port %d on %s is in use; stop what listens there, or choose another port with -p"
                    .formatted(port, host);
        }
        if (reason.contains("Permission")) {
            return "port %d on %s needs more rights; choose one above 1023 with -p".formatted(port, host);
        }
        return "cannot listen on %s port %d: %s; give an address of this machine with -l".formatted(host, port, reason);
    }

    /** The addresses bound, with the ports really taken. */
    List<InetSocketAddress> addresses() {
        List<InetSocketAddress> bound = new ArrayList<>();
        for (ServerSocketChannel socket : sockets) {
            bound.add((InetSocketAddress) socket.socket().getLocalSocketAddress());
        }
        return bound;
    }

    /** Whom to deal connections out to; call before {@link #run}. */
    void dealTo(List<EventLoop> eventLoops) {
        loops = List.copyOf(eventLoops);
    }

    void stop() {
        stopped = true;
        selector.wakeup();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                selector.select(this::accept);
                if (acceptFailing) { // out of file descriptors: the kernel keeps the rest in its backlog meanwhile
                    acceptFailing = false;
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            failure.report("listener", e);
        } finally {
            close();
        }
    }

    private void accept(SelectionKey key) {
        ServerSocketChannel socket = (ServerSocketChannel) key.channel();
        try {
            for (SocketChannel channel = socket.accept(); channel != null; channel = socket.accept()) {
                deal(channel);
            }
        } catch (IOException e) {
            acceptFailing = true;
            log.connection(0, "accept failed: " + e.getMessage());
        }
    }

    private void deal(SocketChannel channel) throws IOException {
        if (connections.enter()) {
            loops.get(next).adopt(channel);
            next = (next + 1) % loops.size();
            return;
        }
        log.connection(0, "refused: all connections are in use");
        try (channel) {
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(FULL));
        } catch (IOException e) {
            log.connection(0, "refused, and the peer is gone: " + e.getMessage());
        }
    }

    /** Frees the ports. */
    void close() {
        for (ServerSocketChannel socket : sockets) {
            closeQuietly(socket);
        }
        closeQuietly(selector);
    }

    private void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            log.always("closing the listener failed: " + e.getMessage());
        }
    }
}
