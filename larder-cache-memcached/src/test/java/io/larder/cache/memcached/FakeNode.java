package io.larder.cache.memcached;

import io.larder.base.Ticker;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A node that knows {@code get}, {@code set}, {@code add}, {@code cas}, {@code incr} and {@code delete} of the classic protocol, keeps time by a ticker, and fails
 * on request. One thread a connection.
 */
final class FakeNode implements AutoCloseable {
    /** One item; the bytes are never changed. */
    private static final class Item {
        final String flags;
        final byte[] data;
        final long exptime;
        final long deadlineNanos;
        final long cas;

        Item(String flags, byte[] data, long exptime, long deadlineNanos, long cas) {
            this.cas = cas;
            this.flags = flags;
            this.data = data;
            this.exptime = exptime;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** In the URL of a client whose calls must not fail, however long the machine lets a thread wait. */
    static final String PATIENT = "?timeout=60s&connect=60s";

    private static final long RELATIVE_SECONDS_MAX = 60 * 60 * 24 * 30;

    private final Map<String, Item> items = new ConcurrentHashMap<>();
    private final AtomicLong casTokens = new AtomicLong();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ServerSocket listener;
    private final Thread accepting;
    private final Ticker ticker;
    private volatile boolean silent;
    private volatile int valueBytesMax = Integer.MAX_VALUE;

    FakeNode(Ticker ticker) {
        this.ticker = ticker;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepting = thread(this::accept);
    }

    String url(String rest) {
        return "memcached://127.0.0.1:" + listener.getLocalPort() + rest;
    }

    /** From now on requests are read and not answered. */
    void silence() {
        silent = true;
    }

    void valueBytesMax(int max) {
        valueBytesMax = max;
    }

    Set<String> keys() {
        return items.keySet();
    }

    /** The exptime an item was stored with. */
    @Nullable
    Long exptimeOf(String key) {
        Item item = items.get(key);
        return item == null ? null : item.exptime;
    }

    @Override
    public void close() {
        try {
            listener.close();
            accepting.join(10_000); // a closed listener may still accept one more
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread thread(Runnable body) {
        Thread thread = new Thread(body, "fake-node");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                thread(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            for (String line = line(in); line != null; line = line(in)) {
                String reply = answer(line.split(" "), in);
                if (!silent) {
                    out.write(reply.getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                }
            }
        } catch (IOException e) {
            connections.remove(connection); // the peer, or the test, has closed it
        }
    }

    private String answer(String[] words, InputStream in) throws IOException {
        switch (words[0]) {
            case "get", "gets" -> {
                StringBuilder reply = new StringBuilder();
                for (int i = 1; i < words.length; i++) {
                    Item item = present(words[i]);
                    if (item != null) {
                        reply.append(value(words[0], words[i], item));
                    }
                }
                return reply.append("END\r\n").toString();
            }
            case "set", "add", "cas" -> {
                byte[] data = in.readNBytes(Integer.parseInt(words[4]));
                in.skipNBytes(2);
                if (data.length > valueBytesMax) {
                    return "SERVER_ERROR object too large for cache\r\n"; // and keeps the old one
                }
                return store(words, data);
            }
            case "incr", "decr" -> {
                return count(words);
            }
            case "delete" -> {
                return items.remove(words[1]) == null ? "NOT_FOUND\r\n" : "DELETED\r\n";
            }
            default -> {
                return "ERROR\r\n";
            }
        }
    }

    private @Nullable Item present(String key) {
        Item item = items.get(key);
        return item == null || (item.exptime != 0 && ticker.nanos() - item.deadlineNanos >= 0) ? null : item;
    }

    private synchronized String store(String[] words, byte[] data) {
        Item item = present(words[1]);
        if (words[0].equals("add") && item != null) {
            return "NOT_STORED\r\n";
        }
        if (words[0].equals("cas") && (item == null || item.cas != Long.parseLong(words[5]))) {
            return item == null ? "NOT_FOUND\r\n" : "EXISTS\r\n";
        }
        items.put(words[1], item(words, data));
        return "STORED\r\n";
    }

    private synchronized String count(String[] words) {
        Item item = present(words[1]);
        if (item == null) {
            return "NOT_FOUND\r\n";
        }
        long by = Long.parseLong(words[2]) * (words[0].equals("incr") ? 1 : -1);
        String number =
                Long.toString(Math.max(0, Long.parseLong(new String(item.data, StandardCharsets.ISO_8859_1)) + by));
        byte[] data = number.getBytes(StandardCharsets.ISO_8859_1);
        items.put(words[1], new Item(item.flags, data, item.exptime, item.deadlineNanos, casTokens.incrementAndGet()));
        return number + "\r\n";
    }

    private static String value(String command, String key, Item item) {
        String cas = command.equals("gets") ? " " + item.cas : "";
        String head = "VALUE " + key + " " + item.flags + " " + item.data.length + cas + "\r\n";
        return head + new String(item.data, StandardCharsets.ISO_8859_1) + "\r\n";
    }

    private Item item(String[] words, byte[] data) {
        long exptime = Long.parseLong(words[3]);
        long seconds = exptime > RELATIVE_SECONDS_MAX ? RELATIVE_SECONDS_MAX : exptime; // the test looks at the number
        return new Item(words[2], data, exptime, ticker.nanos() + seconds * 1_000_000_000, casTokens.incrementAndGet());
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
