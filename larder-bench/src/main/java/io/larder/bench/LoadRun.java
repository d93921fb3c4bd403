package io.larder.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;

/** Drives one load against one server from a single thread: each connection sends its next batch when the last is answered. */
final class LoadRun implements AutoCloseable {
    private static final int LATENCIES_MAX = 4_000_000;

    private static final byte[] MARK = "mn\r\n".getBytes(US_ASCII);
    private static final byte[] MARK_ANSWER = "MN\r\n".getBytes(US_ASCII);

    private final Load load;
    private final int connections;
    private final boolean spins;
    private final Load.Batch[] batches;
    private final int[] answerBytes;
    private final Selector selector = Selector.open();
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(1 << 20);
    private final long[] latencyNanos = new long[LATENCIES_MAX];
    private int latencies;
    private long batchesAnswered;
    private long idleNanos;

    /**
     * @param operations requests answered, a key of a multiget counting as one
     * @param seconds they took
     * @param p50Micros half of the batches were answered faster
     * @param p99Micros and 99 of a hundred
     * @param idle share of the time in which the generator waited for the server
     */
    record Result(long operations, double seconds, double p50Micros, double p99Micros, double idle) {
        double operationsPerSecond() {
            return operations / seconds;
        }

        /** Of two threads that ran at the same time. */
        Result with(Result other) {
            return new Result(
                    operations + other.operations,
                    Math.max(seconds, other.seconds),
                    Math.max(p50Micros, other.p50Micros),
                    Math.max(p99Micros, other.p99Micros),
                    Math.max(idle, other.idle));
        }
    }

    private static final class Line {
        final SocketChannel channel;
        int nextBatch;
        int awaitedBytes;
        long sentNanos;

        Line(SocketChannel channel, int nextBatch) {
            this.channel = channel;
            this.nextBatch = nextBatch;
        }
    }

    /**
     * Connects.
     *
     * @param connections how many of the load's it drives, the first of them number {@code first}
     * @param spins whether it keeps its core busy while it waits, so that no server's write has to wake it
     */
    LoadRun(Load load, InetSocketAddress server, int first, int connections, boolean spins) throws IOException {
        this.load = load;
        this.spins = spins;
        this.connections = connections;
        this.batches = load.batches();
        this.answerBytes = new int[batches.length];
        learnAnswers(server);
        for (int i = first; i < first + connections; i++) {
            SocketChannel channel = SocketChannel.open(server);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Line(channel, i));
        }
    }

    /** Stores what the load asks for. */
    static void fill(Load load, InetSocketAddress server) throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            InputStream in = socket.getInputStream();
            for (int key = 0; key < Load.KEYS; key++) {
                socket.getOutputStream().write(load.set(key));
                String answer = new String(in.readNBytes(8), US_ASCII);
                if (!answer.equals("STORED\r\n")) {
                    throw new IOException("server answered a set with " + answer);
                }
            }
        }
    }

    /** Sends each batch once, with a request behind it whose answer cannot be missed. */
    private void learnAnswers(InetSocketAddress server) throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[1 << 20];
            for (int i = 0; i < batches.length; i++) {
                ByteBuffer bytes = batches[i].bytes();
                byte[] request = new byte[bytes.capacity() + MARK.length];
                bytes.get(0, request, 0, bytes.capacity());
                System.arraycopy(MARK, 0, request, bytes.capacity(), MARK.length);
                socket.getOutputStream().write(request);
                int length = 0;
                while (!endsWith(answer, length, MARK_ANSWER)) {
                    int read = in.read(answer, length, answer.length - length);
                    if (read <= 0) {
                        throw new IOException("server closed the connection, or its answer has no end");
                    }
                    length += read;
                }
                answerBytes[i] = length - MARK_ANSWER.length;
                int expected = batches[i].answerBytes();
                if (expected != Load.UNKNOWN && expected != answerBytes[i]) {
                    throw new IOException(
                            "server answered %d bytes to %s, not %d".formatted(answerBytes[i], load.name(), expected));
                }
            }
        }
    }

    private static boolean endsWith(byte[] bytes, int length, byte[] end) {
        return length >= end.length && Arrays.equals(bytes, length - end.length, length, end, 0, end.length);
    }

    /** Drives the load for that long, then waits for what is under way. */
    Result run(Duration duration) throws IOException {
        latencies = 0;
        batchesAnswered = 0;
        idleNanos = 0;
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        for (SelectionKey key : selector.keys()) {
            send((Line) key.attachment());
        }
        int underWay = connections;
        while (underWay > 0) {
            await();
            boolean over = System.nanoTime() - end >= 0;
            for (SelectionKey key : selector.selectedKeys()) {
                Line line = (Line) key.attachment();
                if (answered(line)) {
                    if (over) {
                        underWay--;
                    } else {
                        send(line);
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(latencyNanos, 0, latencies);
        return new Result(
                batchesAnswered * load.operationsPerBatch(),
                seconds,
                percentileMicros(50),
                percentileMicros(99),
                idleNanos / 1e9 / seconds);
    }

    private void await() throws IOException {
        long began = System.nanoTime();
        int ready = spins ? selector.selectNow() : selector.select();
        if (ready == 0 || !spins) {
            idleNanos += System.nanoTime() - began;
        }
    }

    private void send(Line line) throws IOException {
        int number = line.nextBatch++ % batches.length;
        line.awaitedBytes = answerBytes[number];
        line.sentNanos = System.nanoTime();
        ByteBuffer bytes = batches[number].bytes();
        bytes.rewind();
        while (bytes.hasRemaining()) {
            line.channel.write(bytes);
        }
    }

    private boolean answered(Line line) throws IOException {
        int read = line.channel.read(readBuffer.clear());
        if (read < 0) {
            throw new IOException("server closed the connection");
        }
        line.awaitedBytes -= read;
        if (line.awaitedBytes < 0) {
            throw new IOException("server answered more than was asked: a key was not found, or an error line came");
        }
        if (line.awaitedBytes > 0) {
            return false;
        }
        batchesAnswered++;
        if (latencies < LATENCIES_MAX) {
            latencyNanos[latencies++] = System.nanoTime() - line.sentNanos;
        }
        return true;
    }

    private double percentileMicros(int percent) {
        return latencies == 0 ? 0 : latencyNanos[(int) ((long) (latencies - 1) * percent / 100)] / 1e3;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
