package io.larder.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A load on a memcached server: how many connections, what each sends in one write, and how many bytes answer it. All keys are
 * stored beforehand, so every answer has a length that can be learned before, and the generator only counts bytes.
 *
 * @param row short name, to choose it by
 * @param name as printed
 * @param connections sockets driven by one thread
 * @param requests in flight on each connection, sent in one write
 * @param keysPerGet keys of each retrieval; 0 for meta gets of one key with flags {@code k v t f c}
 * @param setPercent how many of a hundred requests are sets; the others are gets
 * @param valueBytes size of every value
 */
record Load(String row, String name, int connections, int requests, int keysPerGet, int setPercent, int valueBytes) {
    /** The rows of the comparison. */
    static final List<Load> ALL = List.of(
            new Load("multiget", "multiget of 50, pipelined", 4, 4, 50, 0, 100),
            new Load("get16", "get, 16 in flight", 4, 16, 1, 0, 100),
            new Load("mg16", "mg k v t f c, 16 in flight", 4, 16, 0, 0, 100),
            new Load("set16", "set, 16 in flight", 4, 16, 1, 100, 100),
            new Load("get1", "get, 1 in flight, 1 connection", 1, 1, 1, 0, 100),
            new Load("get50", "get, 1 in flight, 50 connections", 50, 1, 1, 0, 100),
            new Load("mix200", "get 90 % set 10 %, 1 KiB, 200 conns", 200, 1, 1, 10, 1024));

    static final int KEYS = 10_000;

    private static final int KEY_BYTES = 30;
    private static final int BATCHES = 64;
    private static final int STORED_BYTES = "STORED\r\n".length();
    private static final int END_BYTES = "END\r\n".length();

    /** The answer's length depends on tokens that the server gives. */
    static final int UNKNOWN = -1;

    /** One write and the number of bytes that answer it, or {@link #UNKNOWN}. */
    record Batch(ByteBuffer bytes, int answerBytes) {}

    /** Requests answered by one batch, a key of a multiget counting as one. */
    int operationsPerBatch() {
        return requests * Math.max(1, keysPerGet);
    }

    /** Different batches to send in turn, drawn by a fixed seed. */
    Batch[] batches() {
        SplittableRandom random = new SplittableRandom(7);
        Batch[] batches = new Batch[BATCHES];
        for (int i = 0; i < BATCHES; i++) {
            batches[i] = batch(random);
        }
        return batches;
    }

    private Batch batch(SplittableRandom random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int answerBytes = 0;
        for (int i = 0; i < requests; i++) {
            if (random.nextInt(100) < setPercent) {
                out.writeBytes(set(random.nextInt(KEYS)));
                answerBytes += STORED_BYTES;
            } else if (isMeta()) {
                out.writeBytes(("mg " + key(random.nextInt(KEYS)) + " k v t f c\r\n").getBytes(US_ASCII));
            } else {
                StringBuilder get = new StringBuilder("get");
                for (int k = 0; k < keysPerGet; k++) {
                    get.append(' ').append(key(random.nextInt(KEYS)));
                }
                out.writeBytes(get.append("\r\n").toString().getBytes(US_ASCII));
                answerBytes += keysPerGet * itemBytes() + END_BYTES;
            }
        }
        byte[] bytes = out.toByteArray();
        return new Batch(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), isMeta() ? UNKNOWN : answerBytes);
    }

    private boolean isMeta() {
        return keysPerGet == 0;
    }

    private int itemBytes() {
        return "VALUE  0 \r\n\r\n".length()
                + KEY_BYTES
                + String.valueOf(valueBytes).length()
                + valueBytes;
    }

    byte[] set(int key) {
        return ("set " + key(key) + " 0 0 " + valueBytes + "\r\n" + "v".repeat(valueBytes) + "\r\n").getBytes(US_ASCII);
    }

    static String key(int number) {
        return "key:" + "0".repeat(KEY_BYTES - 4 - 8) + String.format("%08d", number);
    }
}
