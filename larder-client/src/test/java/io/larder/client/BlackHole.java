package io.larder.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A node to which connecting never ends: its queue of connections nobody accepts is full. */
final class BlackHole implements AutoCloseable {
    private static final int QUEUE = 1;
    private static final int FILL_MAX = 20;
    private static final int FULL_AFTER_MILLIS = 100;

    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();

    private BlackHole(ServerSocket listener) {
        this.listener = listener;
    }

    /** Skips the test where the operating system queues without limit, or refuses instead. */
    static BlackHole open() throws IOException {
        BlackHole hole = new BlackHole(new ServerSocket(0, QUEUE, InetAddress.getLoopbackAddress()));
        Assumptions.assumeTrue(hole.fill(), "connections nobody accepts do not fill up here");
        return hole;
    }

    private boolean fill() throws IOException {
        for (int i = 0; i < FILL_MAX; i++) {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(
                        new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()), FULL_AFTER_MILLIS);
            } catch (SocketTimeoutException e) {
                return true;
            }
        }
        return false;
    }

    String node() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : queued) {
            socket.close();
        }
        listener.close();
        // a dial that is still going on asks again in a second or so: no server of another test may be there by then
        MisbehavingNodeTest.keepUnused(listener.getLocalPort());
    }
}
