package io.larder.bench;

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

    private final Load load;
    private final Load.Batch[] batches;
    private final Selector selector = Selector.open();
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(1 << 20);
    private final long[] latencyNanos = new long[LATENCIES_MAX];
    private int latencies;
    private long batchesAnswered;

    /**
     * @param operations requests answered, a key of a multiget counting as one
     * @param seconds they took
     * @param p50Micros half of the batches were answered faster
     * @param p99Micros and 99 of a hundred
     */
    record Result(long operations, double seconds, double p50Micros, double p99Micros) {
        double operationsPerSecond() {
            return operations / seconds;
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

    LoadRun(Load load, InetSocketAddress server) throws IOException {
        this.load = load;
        this.batches = load.batches();
        fill(server);
        for (int i = 0; i < load.connections(); i++) {
            SocketChannel channel = SocketChannel.open(server);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Line(channel, i));
        }
    }

    private void fill(InetSocketAddress server) throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            InputStream in = socket.getInputStream();
            for (int key = 0; key < Load.KEYS; key++) {
                socket.getOutputStream().write(load.set(key));
                String answer = new String(in.readNBytes(8), java.nio.charset.StandardCharsets.US_ASCII);
                if (!answer.equals("STORED\r\n")) {
                    throw new IOException("server answered a set with " + answer);
                }
            }
        }
    }

    /** Drives the load for that long, then waits for what is under way. */
    Result run(Duration duration) throws IOException {
        latencies = 0;
        batchesAnswered = 0;
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        for (SelectionKey key : selector.keys()) {
            send((Line) key.attachment());
        }
        int underWay = load.connections();
        while (underWay > 0) {
            selector.select();
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
                batchesAnswered * load.operationsPerBatch(), seconds, percentileMicros(50), percentileMicros(99));
    }

    private void send(Line line) throws IOException {
        Load.Batch batch = batches[line.nextBatch++ % batches.length];
        line.awaitedBytes = batch.answerBytes();
        line.sentNanos = System.nanoTime();
        ByteBuffer bytes = batch.bytes();
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
