package io.larder.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** A request trace in memory: gzip CSV of {@code time_s,key_id,size_bytes,op,ttl_s}, as in {@code traces/README.md}. */
final class StoreTrace {
    static final int KEY_BYTES = 20;

    static final byte GET = 0;
    static final byte SET = 1;
    static final byte DELETE = 2;

    int length;
    int keys;
    int[] time = new int[1 << 16];
    int[] key = new int[1 << 16];
    int[] size = new int[1 << 16];
    int[] ttl = new int[1 << 16];
    byte[] op = new byte[1 << 16];

    static StoreTrace load(Path file) throws IOException {
        StoreTrace trace = new StoreTrace();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                trace.add(line);
            }
        }
        return trace;
    }

    /** Key and value bytes, once per key. */
    long uniqueBytes() {
        int[] sizeOfKey = new int[keys];
        for (int i = 0; i < length; i++) {
            sizeOfKey[key[i]] = size[i];
        }
        return Arrays.stream(sizeOfKey).asLongStream().sum() + (long) KEY_BYTES * keys;
    }

    private void add(String line) {
        if (length == time.length) {
            grow();
        }
        int a = line.indexOf(',');
        int b = line.indexOf(',', a + 1);
        int c = line.indexOf(',', b + 1);
        int d = line.indexOf(',', c + 1);
        time[length] = Integer.parseInt(line, 0, a, 10);
        key[length] = Integer.parseInt(line, a + 1, b, 10);
        size[length] = Integer.parseInt(line, b + 1, c, 10);
        char kind = line.charAt(c + 1);
        op[length] = kind == 'g' ? GET : kind == 's' ? SET : DELETE;
        ttl[length] = Integer.parseInt(line, d + 1, line.length(), 10);
        keys = Math.max(keys, key[length] + 1);
        length++;
    }

    private void grow() {
        int capacity = 2 * length;
        time = Arrays.copyOf(time, capacity);
        key = Arrays.copyOf(key, capacity);
        size = Arrays.copyOf(size, capacity);
        ttl = Arrays.copyOf(ttl, capacity);
        op = Arrays.copyOf(op, capacity);
    }
}
