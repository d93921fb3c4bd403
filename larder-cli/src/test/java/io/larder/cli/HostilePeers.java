package io.larder.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Peers that mean no good, one kind of trouble after the other, drawn by a seed. Each is bounded in bytes and time. */
final class HostilePeers {
    private static final int HELD_MAX = 300;
    private static final int SLOW_MAX = 20;
    private static final int FLOOD_MAX = 1_000;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final byte[] SLOW_REQUEST =
            ("set slow 0 0 500\r\n" + "s".repeat(500) + "\r\nget slow\r\n").getBytes(US_ASCII);

    private final InetSocketAddress server;
    private final @Nullable SSLContext tls;
    private final Random random;
    private final Deque<Socket> held = new ArrayDeque<>();
    private final Deque<Slow> writers = new ArrayDeque<>();
    private final Deque<Slow> readers = new ArrayDeque<>();
    private long troubles;
    private long connections;
    private long hungUp;
    private long refused;

    /** A peer that moves a few bytes at a time. */
    private static final class Slow {
        final Socket socket;
        int moved;

        Slow(Socket socket) {
            this.socket = socket;
        }
    }

    /** @param tls to be spoken, or {@code null} for plain text */
    HostilePeers(int port, long seed, @Nullable SSLContext tls) {
        this.tls = tls;
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

    /** How often a flood found the server full. */
    long refused() {
        return refused;
    }

    /** One more piece of trouble. The server may hang up on it at any time. */
    void trouble() {
        troubles++;
        try {
            if (tls != null && random.nextInt(3) == 0) {
                tlsTrouble();
                return;
            }
            switch (random.nextInt(15)) {
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
                case 9 -> drip();
                case 10 -> sip();
                case 11 -> sendAndEndOutput();
                case 12 -> flood();
                default -> sendAndDrop(("set a 0 0 " + Long.MAX_VALUE + "\r\n" + "y".repeat(3000)).getBytes(US_ASCII));
            }
        } catch (IOException e) {
            hungUp++; // as it may
        }
    }

    /** Handshakes that stop half way, and records that are none. */
    private void tlsTrouble() throws IOException {
        byte[] begun = randomBytes(random.nextInt(2000));
        switch (random.nextInt(5)) {
            case 0 -> sendRaw(new byte[] {22, 3, 1, 64, 0}, begun, true);
            case 1 -> sendRaw(new byte[] {22, 3, 1, 0, 64, 1, 0, 0, 60, 3, 3}, begun, false);
            case 2 -> sendRaw(new byte[] {22, 3, 3, -1, -1}, begun, false);
            case 3 -> sendRaw(begun, begun, false);
            default -> breakRecords(begun);
        }
    }

    private void sendRaw(byte[] first, byte[] rest, boolean stays) throws IOException {
        Socket socket = connectRaw();
        if (stays) {
            keep(socket);
        }
        try {
            socket.getOutputStream().write(first);
            socket.getOutputStream().write(rest);
        } finally {
            if (!stays) {
                closeQuietly(socket);
            }
        }
    }

    /** A good handshake, a request, and then bytes that were not enciphered. */
    private void breakRecords(byte[] bytes) throws IOException {
        try (Socket raw = connectRaw();
                Socket secured = secure(raw)) {
            secured.getOutputStream().write("set broken 0 0 10\r\n".getBytes(US_ASCII));
            raw.getOutputStream().write(new byte[] {23, 3, 3, 1, 0});
            raw.getOutputStream().write(bytes);
        }
    }

    /** Lets go of every connection still held. */
    void goAway() {
        while (!held.isEmpty()) {
            closeQuietly(held.remove());
        }
        writers.forEach(slow -> closeQuietly(slow.socket));
        readers.forEach(slow -> closeQuietly(slow.socket));
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

    /** Opens one connection more than the server takes, and lets go of all. */
    private void flood() throws IOException {
        List<Socket> opened = new ArrayList<>();
        try {
            for (int i = 0; i < FLOOD_MAX; i++) {
                Socket socket = connectRaw();
                opened.add(socket);
                if (tls != null) {
                    if (i == FLOOD_MAX - 1) {
                        socket.setSoTimeout(TIMEOUT_MILLIS);
                        refused += socket.getInputStream().read() < 0 ? 1 : 0; // within TLS nothing could be told
                    }
                    continue;
                }
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.getOutputStream().write("version\r\n".getBytes(US_ASCII));
                if (socket.getInputStream().read() != 'V') {
                    refused++;
                    return;
                }
            }
        } catch (SocketException e) {
            refused++; // closed with our request unread
        } finally {
            opened.forEach(HostilePeers::closeQuietly);
        }
    }

    /** Writes a few more bytes of one of several requests. */
    private void drip() throws IOException {
        if (writers.size() < SLOW_MAX) {
            writers.add(new Slow(connect()));
        }
        Slow writer = writers.remove();
        int count = Math.min(1 + random.nextInt(5), SLOW_REQUEST.length - writer.moved);
        try {
            writer.socket.getOutputStream().write(SLOW_REQUEST, writer.moved, count);
        } catch (IOException e) {
            closeQuietly(writer.socket);
            throw e;
        }
        writer.moved += count;
        if (writer.moved == SLOW_REQUEST.length) {
            closeQuietly(writer.socket);
        } else {
            writers.add(writer);
        }
    }

    /** Reads a few more bytes of one of several long answers. */
    private void sip() throws IOException {
        if (readers.size() < SLOW_MAX) {
            Slow reader = new Slow(connect());
            readers.add(reader);
            reader.socket.setSoTimeout(TIMEOUT_MILLIS);
            reader.socket
                    .getOutputStream()
                    .write(("set long 0 0 200000\r\n" + "l".repeat(200_000) + "\r\n" + "get long\r\n".repeat(20))
                            .getBytes(US_ASCII));
        }
        Slow reader = readers.remove();
        try {
            if (reader.socket.getInputStream().read(new byte[1 + random.nextInt(1_000)]) < 0) {
                throw new IOException("hung up on");
            }
        } catch (IOException e) {
            closeQuietly(reader.socket);
            throw e;
        }
        readers.add(reader);
    }

    /** Says that it sends no more, and reads what it asked for. */
    private void sendAndEndOutput() throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write("get none\r\n".repeat(1 + random.nextInt(500)).getBytes(US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }

    /** Sends and neither reads nor goes away, until too many do so. */
    private void hold(String text) throws IOException {
        Socket socket = connect();
        keep(socket);
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private void keep(Socket socket) {
        held.add(socket);
        if (held.size() > HELD_MAX) {
            closeQuietly(held.remove());
        }
    }

    private Socket connect() throws IOException {
        Socket raw = connectRaw();
        try {
            return tls == null ? raw : secure(raw);
        } catch (IOException e) {
            closeQuietly(raw);
            throw e;
        }
    }

    private Socket secure(Socket raw) throws IOException {
        SSLContext with = Objects.requireNonNull(tls);
        raw.setSoTimeout(TIMEOUT_MILLIS);
        SSLSocket socket = (SSLSocket) with.getSocketFactory().createSocket(raw, "server", server.getPort(), true);
        socket.startHandshake();
        return socket;
    }

    private Socket connectRaw() throws IOException {
        Socket socket = new Socket();
        socket.connect(server, TIMEOUT_MILLIS);
        connections++;
        return socket;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            assertThat(socket.isClosed()).isTrue(); // TLS says farewell, and the server may have gone
        }
    }
}
