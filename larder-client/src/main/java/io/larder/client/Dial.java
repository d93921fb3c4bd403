package io.larder.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

/** Connects to a node: the name is resolved anew, and each of its addresses tried. Blocks: for a thread of its own. */
final class Dial {
    private Dial() {}

    static Socket connect(Node node, Duration limit) throws IOException {
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
        if (failure instanceof EOFException) {
            return new Lost("closed the connection at once", "check what listens there", failure);
        }
        return new Lost(
                "refused the connection (%s)".formatted(failure.getMessage()),
                "start it, or correct the address",
                failure);
    }
}
