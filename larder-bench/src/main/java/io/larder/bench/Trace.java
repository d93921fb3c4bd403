package io.larder.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * A recorded sequence of cache requests in columns, read from gzipped lines of {@code time_s,key_id,size_bytes,op,ttl_s}.
 *
 * <p>Times are whole seconds from the start and never go back; keys are numbered from 0 by first appearance; a key has one value
 * size throughout. Not changed once read.
 */
final class Trace {
    /** Bytes of every key on the wire. */
    static final int KEY_BYTES = ReplayWire.KEY_BYTES;

    private static final int FIELDS = 5;

    /** What a request asks for. A {@code GET} reads through: after a miss the client stores the value. */
    enum Op {
        GET,
        SET,
        DELETE;

        static Op parse(String text) {
            return switch (text) {
                case "get" -> GET;
                case "set" -> SET;
                case "delete" -> DELETE;
                default -> throw new IllegalArgumentException("op must be get, set or delete, was " + text);
            };
        }
    }

    private int[] times = new int[1 << 16];
    private int[] keyIds = new int[1 << 16];
    private int[] ttls = new int[1 << 16];
    private Op[] ops = new Op[1 << 16];
    private int[] sizes = new int[1 << 16];
    private int requests;
    private int keys;

    private Trace() {}

    /**
     * Reads a whole trace into memory, about 20 bytes a request.
     *
     * @throws IOException if the file cannot be read or a line is not as the class comment says; the message names the line
     */
    static Trace read(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            return read(new BufferedReader(new InputStreamReader(in, US_ASCII)), file.toString());
        }
    }

    static Trace read(BufferedReader lines, String nameForErrors) throws IOException {
        Trace trace = new Trace();
        String line = lines.readLine();
        while (line != null) {
            try {
                trace.append(line.split(",", -1));
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "%s, line %d: %s".formatted(nameForErrors, trace.requests + 1, e.getMessage()), e);
            }
            line = lines.readLine();
        }
        return trace;
    }

    private void append(String[] fields) {
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("%d fields expected, found %d".formatted(FIELDS, fields.length));
        }
        if (requests == times.length) {
            int longer = requests * 2;
            times = Arrays.copyOf(times, longer);
            keyIds = Arrays.copyOf(keyIds, longer);
            ttls = Arrays.copyOf(ttls, longer);
            ops = Arrays.copyOf(ops, longer);
        }
        times[requests] = Integer.parseInt(fields[0]);
        keyIds[requests] = key(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
        ops[requests] = Op.parse(fields[3]);
        ttls[requests] = Integer.parseInt(fields[4]);
        if (requests > 0 && times[requests] < times[requests - 1]) {
            throw new IllegalArgumentException("time goes back to second " + times[requests]);
        }
        requests++;
    }

    private int key(int id, int sizeBytes) {
        if (id < 0 || id > keys) {
            throw new IllegalArgumentException("key %d comes before key %d".formatted(id, keys));
        }
        if (id == keys) {
            if (keys == sizes.length) {
                sizes = Arrays.copyOf(sizes, keys * 2);
            }
            sizes[keys++] = sizeBytes;
        }
        if (sizes[id] != sizeBytes) {
            throw new IllegalArgumentException("key %d changes size from %d to %d".formatted(id, sizes[id], sizeBytes));
        }
        return id;
    }

    int requests() {
        return requests;
    }

    int keys() {
        return keys;
    }

    int timeSeconds(int request) {
        return times[request];
    }

    int keyId(int request) {
        return keyIds[request];
    }

    Op op(int request) {
        return ops[request];
    }

    /** Seconds that the value lives if this request stores it, 0 for ever. */
    int ttlSeconds(int request) {
        return ttls[request];
    }

    int valueBytes(int keyId) {
        return sizes[keyId];
    }

    int valueBytesMax() {
        return Arrays.stream(sizes, 0, keys).max().orElse(0);
    }

    boolean expires() {
        return Arrays.stream(ttls, 0, requests).anyMatch(ttl -> ttl > 0);
    }

    /** Key and value bytes of all keys together, each key once. */
    long uniqueBytes() {
        return (long) KEY_BYTES * keys
                + Arrays.stream(sizes, 0, keys).asLongStream().sum();
    }

    /** Value bytes of all requests together. */
    long requestedBytes() {
        long sum = 0;
        for (int i = 0; i < requests; i++) {
            sum += sizes[keyIds[i]];
        }
        return sum;
    }
}
