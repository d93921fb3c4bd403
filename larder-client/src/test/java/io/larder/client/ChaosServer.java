package io.larder.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A memcached that keeps what it is given, but delays, drops, duplicates, reorders, swaps, cuts and corrupts some of its
 * replies. It never changes the bytes of a value nor its length: that no protocol without signatures can tell.
 *
 * <p>Knows {@code get gets gat set delete version} and {@code mg ms md mn}. Alone: {@code ChaosServer <port> <one in>}.
 */
final class ChaosServer implements AutoCloseable {
    private static final int KINDS = 8;

    private final ServerSocket listener;
    private final Thread accepting;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final AtomicLong misdeeds = new AtomicLong();
    private final AtomicLong seeds;
    private final boolean knowsMeta;
    private volatile int oneIn;

    private ChaosServer(int port, int oneIn, long seed, boolean knowsMeta) throws IOException {
        this.oneIn = oneIn;
        this.seeds = new AtomicLong(seed);
        this.knowsMeta = knowsMeta;
        listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        accepting = Daemon.startThread("chaos-server", this::accept);
    }

    /**
     * Starts on a free port.
     *
     * @param oneIn one of so many replies goes wrong, 0 for none
     */
    static ChaosServer start(int oneIn, long seed, boolean knowsMeta) throws IOException {
        return new ChaosServer(0, oneIn, seed, knowsMeta);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (ChaosServer server =
                new ChaosServer(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), 1, true)) {
            new CountDownLatch(1).await(); // until killed
            server.behave();
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Does nothing wrong from now on. */
    void behave() {
        oneIn = 0;
    }

    /** Replies that went wrong. */
    long misdeeds() {
        return misdeeds.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Daemon.startThread("chaos-connection", () -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        Random random = new Random(seeds.getAndIncrement());
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            String held = "";
            for (String line = line(in); line != null; line = line(in)) {
                String reply = answer(line, in);
                int kind = oneIn > 0 && !reply.isEmpty() && random.nextInt(oneIn) == 0 ? random.nextInt(KINDS) : KINDS;
                misdeeds.addAndGet(kind < KINDS ? 1 : 0);
                String sent = reply + held;
                held = "";
                switch (kind) {
                    case 0 -> new CountDownLatch(1).await(30 + random.nextInt(100), TimeUnit.MILLISECONDS);
                    case 1 -> sent = ""; // dropped: the next comes in its place
                    case 2 -> sent = sent + sent; // twice
                    case 3 -> { // after the next
                        held = sent;
                        sent = "";
                    }
                    case 4 -> sent = sent.replaceFirst("( |k)key-\\d+", "$1key-0"); // another's key
                    case 5 -> sent = sent.replaceFirst(" O\\d+", " O7"); // another's number
                    case 6 -> sent = (char) ('A' + random.nextInt(26)) + sent.substring(1);
                    case 7 -> {
                        batch.write(bytes(sent.substring(0, sent.length() / 2)));
                        batch.writeTo(out);
                        return; // cut
                    }
                    default -> {}
                }
                batch.write(bytes(sent));
                if (in.available() == 0 || kind == 0) {
                    batch.writeTo(out);
                    batch.reset();
                }
            }
        } catch (IOException | InterruptedException e) {
            sockets.remove(socket); // the client left, or the test ended
        } finally {
            sockets.remove(socket);
        }
    }

    private String answer(String line, InputStream in) throws IOException {
        String[] words = line.split(" ", -1);
        return switch (words[0]) {
            case "version" -> "VERSION 1.6.18\r\n";
            case "get", "gets" -> retrieve(words, 1, words[0].equals("gets") ? " 1" : "");
            case "gat" -> retrieve(words, 2, "");
            case "set" -> {
                values.put(words[1], data(in, Integer.parseInt(words[4])));
                yield "STORED\r\n";
            }
            case "delete" -> values.remove(words[1]) == null ? "NOT_FOUND\r\n" : "DELETED\r\n";
            case "mg", "ms", "md", "mn" -> knowsMeta ? meta(words, in) : "ERROR\r\n";
            default -> "ERROR\r\n";
        };
    }

    private String retrieve(String[] words, int from, String cas) {
        StringBuilder reply = new StringBuilder();
        for (int i = from; i < words.length; i++) {
            String value = values.get(words[i]);
            if (value != null) {
                reply.append("VALUE %s 0 %d%s\r\n%s\r\n".formatted(words[i], value.length(), cas, value));
            }
        }
        return reply.append("END\r\n").toString();
    }

    private String meta(String[] words, InputStream in) throws IOException {
        StringBuilder flags = new StringBuilder();
        boolean quiet = false;
        for (int i = 2; i < words.length; i++) {
            switch (words[i].charAt(0)) {
                case 'O' -> flags.append(' ').append(words[i]);
                case 'k' -> flags.append(" k").append(words[1]);
                case 'f' -> flags.append(" f0");
                case 'c' -> flags.append(" c1");
                case 'q' -> quiet = true;
                default -> {}
            }
        }
        switch (words[0]) {
            case "mn" -> {
                return "MN\r\n";
            }
            case "md" -> {
                return (values.remove(words[1]) == null ? "NF" : "HD") + flags + "\r\n";
            }
            case "ms" -> {
                values.put(words[1], data(in, Integer.parseInt(words[2])));
                return "HD" + flags + "\r\n";
            }
            default -> {
                String value = values.get(words[1]);
                if (value == null) {
                    return quiet ? "" : "EN" + flags + "\r\n";
                }
                return "VA " + value.length() + flags + "\r\n" + value + "\r\n";
            }
        }
    }

    private static String data(InputStream in, int length) throws IOException {
        byte[] data = in.readNBytes(length + 2);
        return new String(data, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) b);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            accepting.join(10_000); // a closed listener may still accept one more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
