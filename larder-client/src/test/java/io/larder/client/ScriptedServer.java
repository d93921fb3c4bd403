package io.larder.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A memcached node that answers as the test says, right or wrong. Like the real one it handles a request after the other,
 * and reads nothing while it writes.
 */
final class ScriptedServer implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 16 << 10; // small, so that tests of full buffers are cheap

    private final ServerSocket listener = new ServerSocket();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Thread accepting;
    private volatile Script script;

    /** Keeps the port of a server that is down from everybody else; refuses connections, as nobody listens. */
    private @Nullable Socket reservation;

    /** Answers one request. */
    @FunctionalInterface
    interface Script {
        /**
         * Called for each request of a connection, in order.
         *
         * @param request its line, followed by CRLF and the value where it has one
         */
        void answer(String request, Peer peer) throws IOException, InterruptedException;
    }

    /** The other end of a connection. */
    static final class Peer {
        private final Socket socket;
        private final OutputStream out;

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.out = socket.getOutputStream();
        }

        void send(String reply) throws IOException {
            out.write(reply.getBytes(StandardCharsets.ISO_8859_1));
        }

        void hangUp() throws IOException {
            socket.close();
        }
    }

    private ScriptedServer(int port, Script script) throws IOException {
        this.script = script;
        listener.setReuseAddress(true);
        listener.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        accepting = Daemon.startThread("scripted-server", this::accept);
    }

    static ScriptedServer start(Script script) throws IOException {
        return new ScriptedServer(0, script);
    }

    /** Another server at the address of this one, which is down. */
    ScriptedServer startAgain(Script changed) throws IOException {
        release();
        return new ScriptedServer(port(), changed);
    }

    /** A socket that is bound and does not listen: connections to its port are refused, and nobody else gets the port. */
    static Socket reserve(int port) throws IOException {
        Socket reserved = new Socket();
        reserved.setReuseAddress(true);
        reserved.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return reserved;
    }

    /** A script that sends the same to every request. */
    static Script always(String reply) {
        return (request, peer) -> peer.send(reply);
    }

    /** What a node with meta commands says on a new connection, and then the rest. */
    static Script meta(Script rest) {
        return (request, peer) -> {
            if (request.equals("version")) {
                peer.send("VERSION 1.6.18\r\n");
            } else if (request.contains(Handshake.PROBE_KEY)) {
                peer.send("EN O1 k" + Handshake.PROBE_KEY + "\r\n");
            } else if (request.equals("mn")) {
                peer.send("MN\r\n");
            } else {
                rest.answer(request, peer);
            }
        };
    }

    /** A script that never answers. */
    static Script silent() {
        return (request, peer) -> {};
    }

    int port() {
        return listener.getLocalPort();
    }

    /** {@link Node#name()} of this server. */
    String name() {
        return "127.0.0.1:" + port();
    }

    Node node() {
        return Node.parse(name());
    }

    /** A URL with the classic protocol, so that scripts need not answer what the client asks of a new connection. */
    String url(String options) {
        return "memcached://" + name() + options + (options.contains("?") ? "&" : "?") + "protocol=text";
    }

    void behave(Script changed) {
        script = changed;
    }

    List<String> requests() {
        return requests;
    }

    int connections() {
        return connections.get();
    }

    /** Connections the clients have not closed. */
    int openConnections() {
        return sockets.size();
    }

    /** What a crash looks like to the peers. */
    void dropConnections() {
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                if (!socket.isClosed()) { // by the peer, just now
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Daemon.startThread("scripted-connection", () -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Peer peer = new Peer(socket);
            for (String request = read(in); request != null; request = read(in)) {
                requests.add(request);
                script.answer(request, peer);
            }
        } catch (IOException | InterruptedException e) {
            sockets.remove(socket); // the client left, or the test ended
        } finally {
            sockets.remove(socket);
        }
    }

    private static @Nullable String read(InputStream in) throws IOException {
        String line = readLine(in);
        if (line == null || !line.matches("(set|add|replace|append|prepend|cas|ms) .*")) {
            return line;
        }
        int length = Integer.parseInt(line.split(" ", -1)[line.startsWith("ms ") ? 2 : 4]);
        byte[] data = in.readNBytes(length + 2);
        return line + "\r\n" + new String(data, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.substring(0, Math.max(0, line.length() - 1));
            }
            line.append((char) b);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        shutDown();
        release();
    }

    /** Goes down, and keeps its port. */
    void stop() throws IOException {
        shutDown();
        reservation = reserve(port());
    }

    private void release() throws IOException {
        if (reservation != null) {
            reservation.close();
        }
    }

    private void shutDown() throws IOException {
        listener.close();
        try {
            accepting.join(10_000); // it may be about to accept one more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dropConnections();
    }
}
