package io.larder.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** Peers that mean no good, one kind of trouble after the other, drawn by a seed. Each is bounded in bytes and time. */
final class HostilePeers {
    private static final int HELD_MAX = 300;
    private static final int TIMEOUT_MILLIS = 5_000;

    private final InetSocketAddress server;
    private final Random random;
    private final Deque<Socket> held = new ArrayDeque<>();
    private long troubles;
    private long connections;
    private long hungUp;

    HostilePeers(int port, long seed) {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.random = new Random(seed);
    }

    long troubles() {
        return troubles;
    }

    long connections() {
        return connections;
    }

    long hungUp() {
        return hungUp;
    }

    /** One more piece of trouble. The server may hang up on it at any time. */
    void trouble() {
        troubles++;
        try {
            switch (random.nextInt(10)) {
                case 0 -> sendAndDrop(randomBytes(1 + random.nextInt(20_000)));
                case 1 ->
                    hold("set half 0 0 " + (1 + random.nextInt(1 << 20)) + "\r\n" + "x".repeat(random.nextInt(5000)));
                case 2 -> openAndDrop(100);
                case 3 -> sendAndDrop("x".repeat(random.nextInt(100_000)).getBytes(US_ASCII));
                case 4 -> sendAndDrop(("set a 0 0 -" + random.nextInt() + "\r\nabc\r\n").getBytes(US_ASCII));
                case 5 -> hold("get " + "key ".repeat(random.nextInt(5000)));
                case 6 -> sendAndDrop(brokenRequests().getBytes(US_ASCII));
                case 7 -> hold("set big 0 0 500000\r\n" + "v".repeat(500_000) + "\r\n" + "get big\r\n".repeat(50));
                case 8 -> sendAndReset("get a\r\n".repeat(1000).getBytes(US_ASCII));
                default -> sendAndDrop(("set a 0 0 " + Long.MAX_VALUE + "\r\n" + "y".repeat(3000)).getBytes(US_ASCII));
            }
        } catch (IOException e) {
            hungUp++; // as it may
        }
    }

    /** Lets go of every connection still held. */
    void goAway() {
        while (!held.isEmpty()) {
            closeQuietly(held.remove());
        }
    }

    private String brokenRequests() {
        String[] words = {
            "get",
            "set",
            "cas",
            "incr",
            "gat",
            "a",
            "0",
            "-1",
            "99999999999999999999",
            "noreply",
            "\r\n",
            "\r",
            "\n",
            " ",
            "\0"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(500); i > 0; i--) {
            text.append(words[random.nextInt(words.length)]).append(random.nextInt(4) == 0 ? "\r\n" : " ");
        }
        return text.toString();
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private void openAndDrop(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connect().close();
        }
    }

    private void sendAndDrop(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            for (int at = 0; at < bytes.length; ) {
                int part = Math.min(bytes.length - at, 1 + random.nextInt(4096));
                out.write(bytes, at, part);
                at += part;
            }
            if (random.nextBoolean()) {
                socket.shutdownOutput();
            }
        }
    }

    private void sendAndReset(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(bytes);
        }
    }

    /** Sends and neither reads nor goes away, until too many do so. */
    private void hold(String text) throws IOException {
        Socket socket = connect();
        held.add(socket);
        if (held.size() > HELD_MAX) {
            closeQuietly(held.remove());
        }
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(server, TIMEOUT_MILLIS);
        connections++;
        return socket;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
