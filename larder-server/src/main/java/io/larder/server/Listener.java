package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.HostPort;
import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on its own thread and deals them out to the event loops in turn, so that busy loops never keep anyone
 * from connecting or from being told that the server is full.
 */
final class Listener implements Runnable {
    /** Then it looks whether it is to stop. */
    private static final int ACCEPTS_PER_TURN_MAX = 1024;

    private static final long PAUSE_NANOS = 50_000_000;
    private static final byte[] FULL = "ERROR Too many open connections\r\n".getBytes(US_ASCII);

    /** One address of a name to listen on. */
    private record Wanted(String name, InetSocketAddress address, boolean tls) {}

    private final Selector selector;
    private final int backlog;
    private final List<ServerSocketChannel> sockets = new ArrayList<>(); // of TCP
    private final List<InetSocketAddress> exposed = new ArrayList<>();
    private @Nullable UnixListener unix;
    private final ConnectionLimit connections;
    private final ServerLog log;
    private final ServerFailure failure;
    private List<EventLoop> loops = List.of();
    private int next;
    private boolean acceptFailing;
    private volatile boolean stopped;

    private Listener(
            Selector selector, int backlog, ConnectionLimit connections, ServerLog log, ServerFailure failure) {
        this.selector = selector;
        this.backlog = Math.max(1, backlog); // Java takes 0 for its own default, of 50
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
            Listener listener = new Listener(Selector.open(), config.backlog(), connections, log, failure);
            try {
                if (config.unixSocket().isPresent()) {
                    listener.bind(config.unixSocket().get());
                } else {
                    listener.bindAll(config);
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

    private void bind(UnixSocket wanted) throws IOException {
        UnixListener bound = UnixListener.bind(wanted, backlog);
        unix = bound;
        accept(new Endpoint(bound.socket(), false, Printable.of(wanted.path().toString())));
    }

    private void bindAll(ServerConfig config) throws IOException {
        List<Wanted> all = config.addresses().stream()
                .flatMap(address -> ListenAddresses.of(address, config.port()).stream()
                        .map(one -> new Wanted(address.host(), one, speaksTls(config, address))))
                .toList();
        refuseMixed(all);
        for (HostPort address : config.addresses()) {
            boolean tls = speaksTls(config, address);
            int before = sockets.size();
            bind(address, config.port(), all, tls);
            if (!config.knowsClients(tls)) {
                addresses().stream()
                        .skip(before)
                        .filter(bound -> !bound.getAddress().isLoopbackAddress())
                        .forEach(exposed::add);
            }
        }
    }

    private static boolean speaksTls(ServerConfig config, HostPort address) {
        return config.tls().isPresent() && !config.plainAddresses().contains(address);
    }

    private void accept(Endpoint endpoint) throws IOException {
        endpoint.socket().configureBlocking(false);
        endpoint.socket().register(selector, SelectionKey.OP_ACCEPT, endpoint);
    }

    /** Binds all addresses of a name; those that this machine does not have may be missing as long as one is there. */
    private void bind(HostPort address, int defaultPort, List<Wanted> all, boolean tls) throws IOException {
        BindException missing = null;
        boolean bound = false;
        for (InetSocketAddress one : ListenAddresses.of(address, defaultPort)) {
            if (all.stream().anyMatch(other -> ListenAddresses.covers(other.address(), one))) {
                bound = true;
                continue;
            }
            try {
                bind(one, tls);
                bound = true;
            } catch (BindException e) {
                if (isInUse(e)) {
                    throw new LarderException(cannotBind(address.host(), one.getPort(), e), e);
                }
                missing = e;
            }
        }
        if (!bound && missing != null) {
            throw new LarderException(cannotBind(address.host(), address.portOr(defaultPort), missing), missing);
        }
    }

    /** Only one of two that cover each other is bound, and would speak as it does for both. */
    private static void refuseMixed(List<Wanted> all) {
        for (Wanted one : all) {
            for (Wanted other : all) {
                if (one.tls() != other.tls() && ListenAddresses.covers(one.address(), other.address())) {
                    throw new LarderException(
                            "%s takes the connections of %s as well, so both must speak TLS or neither; give them different ports"
                                    .formatted(one.name(), other.name()));
                }
            }
        }
    }

    private void bind(InetSocketAddress address, boolean tls) throws IOException {
        boolean four = address.getAddress() instanceof Inet4Address; // a socket of both kinds would take 0.0.0.0 for ::
        ServerSocketChannel socket =
                four ? ServerSocketChannel.open(StandardProtocolFamily.INET) : ServerSocketChannel.open();
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(address, backlog);
            accept(new Endpoint(socket, tls, ""));
            sockets.add(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean isInUse(BindException e) {
        return String.valueOf(e.getMessage()).contains("in use");
    }

    private static String cannotBind(String host, int port, BindException e) {
        String reason = String.valueOf(e.getMessage());
        if (isInUse(e)) {
            return "port %d on %s is in use; stop what listens there, or choose another port with -p"
                    .formatted(port, host);
        }
        if (reason.contains("Permission")) {
            return "port %d on %s needs more rights; choose one above 1023 with -p".formatted(port, host);
        }
        return "cannot listen on %s port %d: %s; give an address of this machine with -l".formatted(host, port, reason);
    }

    /** The TCP addresses bound, with the ports really taken. */
    List<InetSocketAddress> addresses() {
        List<InetSocketAddress> bound = new ArrayList<>();
        for (ServerSocketChannel socket : sockets) {
            bound.add((InetSocketAddress) socket.socket().getLocalSocketAddress());
        }
        return bound;
    }

    /** Those of them that are not of loopback, and where neither passwords nor certificates are asked for. */
    List<InetSocketAddress> exposedAddresses() {
        return List.copyOf(exposed);
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
                    pause();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            failure.report("listener", e);
        } finally {
            close();
        }
    }

    private void pause() {
        long began = System.nanoTime();
        connections.pauseBegins();
        LockSupport.parkNanos(PAUSE_NANOS);
        connections.pauseEnds(System.nanoTime() - began);
    }

    private void accept(SelectionKey key) {
        Endpoint endpoint = (Endpoint) key.attachment();
        try {
            for (int left = ACCEPTS_PER_TURN_MAX; left > 0; left--) {
                SocketChannel channel = endpoint.socket().accept();
                if (channel == null) {
                    return;
                }
                deal(new Arrival(channel, endpoint));
            }
        } catch (IOException e) {
            acceptFailing = true;
            log.connection(0, "accept failed: " + e.getMessage());
        }
    }

    private void deal(Arrival arrival) throws IOException {
        if (connections.enter()) {
            loops.get(next).adopt(arrival);
            next = (next + 1) % loops.size();
            return;
        }
        log.connection(0, "refused: all connections are in use");
        try (SocketChannel channel = arrival.channel()) {
            if (!arrival.endpoint().tls()) { // within TLS it would have to shake hands first
                channel.configureBlocking(false);
                channel.write(ByteBuffer.wrap(FULL));
            }
        } catch (IOException e) {
            log.connection(0, "refused, and the peer is gone: " + e.getMessage());
        }
    }

    /** Frees the ports, and takes the file of a unix socket away. */
    void close() {
        for (ServerSocketChannel socket : sockets) {
            closeQuietly(socket);
        }
        if (unix != null) {
            closeQuietly(unix);
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
