package io.larder.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Connects to a node: the name is resolved anew, and each of its addresses tried. Blocks: for a thread of its own. */
final class Dial {
    private Dial() {}

    /** A connection by the protocol that the node speaks. */
    static Connection connection(Node node, MemcachedConfig config, Connection.LostListener listener)
            throws IOException {
        try {
            return connection(node, config, config.protocol(), listener);
        } catch (Handshake.HungUpException e) {
            if (config.protocol() == Protocol.META) {
                throw e;
            }
            return connection(node, config, Protocol.TEXT, listener);
        }
    }

    private static Connection connection(
            Node node, MemcachedConfig config, Protocol protocol, Connection.LostListener listener) throws IOException {
        Wire wire = connect(node, config);
        try {
            Dialect dialect = protocol == Protocol.TEXT
                    ? Dialect.TEXT
                    : Handshake.ask(wire, config.timeouts().connect());
            if (protocol == Protocol.META && dialect == Dialect.TEXT) {
                throw new Handshake.NoMetaException();
            }
            return new Connection(node, wire, dialect, config, listener);
        } catch (IOException | RuntimeException | Error e) {
            wire.close();
            throw e;
        }
    }

    /** Connects, and encrypts where that is wanted; the handshake of TLS has the same limit again. */
    static Wire connect(Node node, MemcachedConfig config) throws IOException {
        Wire wire =
                node.isUnix() ? UnixWire.connect(Path.of(node.host())) : new SocketWire(connectSocket(node, config));
        Consumer<String> log = config.wireLog();
        return log == null ? wire : new LoggedWire(node, wire, log);
    }

    private static Socket connectSocket(Node node, MemcachedConfig config) throws IOException {
        Duration limit = config.timeouts().connect();
        Socket socket = connect(node, limit);
        SSLContext tls = config.tls();
        if (tls == null) {
            return socket;
        }
        try {
            socket.setSoTimeout((int) Math.max(1, limit.toMillis()));
            SSLSocket encrypted =
                    (SSLSocket) tls.getSocketFactory().createSocket(socket, node.host(), node.port(), true);
            SSLParameters parameters = encrypted.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name of the node has to be in its certificate
            encrypted.setSSLParameters(parameters);
            encrypted.startHandshake();
            return encrypted;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket connect(Node node, Duration limit) throws IOException {
        IOException failure = new UnknownHostException(node.host());
        for (InetAddress address : InetAddress.getAllByName(node.host())) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                socket.connect(new InetSocketAddress(address, node.port()), (int) Math.max(1, limit.toMillis()));
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure;
    }

    /** What to tell of a failure. */
    static Lost lost(Throwable failure, Duration limit) {
        if (failure instanceof UnknownHostException) {
            return new Lost("has an unknown host name", "correct the address, or the name service", failure);
        }
        if (failure instanceof SocketTimeoutException) {
            return new Lost(
                    "did not accept a connection or say its version within " + Deadline.text(limit.toNanos()),
                    "check the address, and the network in between",
                    failure);
        }
        if (failure instanceof Handshake.NoMetaException) {
            return new Lost("has no meta commands", "set protocol=auto, or update it", failure);
        }
        if (failure instanceof SSLException) {
            return new Lost(
                    "could not be spoken to by TLS (%s)".formatted(failure.getMessage()),
                    "check its certificate, and whether it speaks TLS on this port",
                    failure);
        }
        if (failure instanceof EOFException) {
            return new Lost("closed the connection at once", "check what listens there", failure);
        }
        if (failure instanceof Handshake.BrokenException) {
            return new Lost(
                    "accepted the connection, but broke it before it said its version (%s)"
                            .formatted(failure.getMessage()),
                    "it may be starting or stopping; otherwise check what listens there, and its limit of connections",
                    failure);
        }
        if (failure instanceof NoSuchFileException) {
            return new Lost("has no socket at its path", "start it, or correct the path", failure);
        }
        if (failure instanceof AccessDeniedException) {
            return new Lost(
                    "may not be used by this process",
                    "change the rights of its socket, for which memcached has the flag -a, or of the folders",
                    failure);
        }
        if (failure instanceof ConnectException) {
            return new Lost(
                    "refused the connection (%s)".formatted(failure.getMessage()),
                    "start it, or correct the address",
                    failure);
        }
        return new Lost(
                "could not be connected to (%s)".formatted(failure.getMessage()),
                "check the address, and the way there",
                failure);
    }
}
