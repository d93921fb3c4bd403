package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.FakeTicker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A small store with one item of each kind, always the same to the byte: what a file looks like.
 *
 * <p>{@link #main} writes the two files that {@code StoreSampleTest} reads, for a new version of the format.
 */
final class StoreSample {
    static final StorageConfig CONFIG = new StorageConfig(1 << 20, 10_000).withWriters(1);
    static final long WALL_MILLIS = 1_000_000_000_000L;
    static final int LARGE_BYTES = 9_000;

    /** Written before the flush, so gone. */
    static final String FLUSHED = "flushed";

    private static final long SEED = 0x5eed;
    private static final int FILE_BYTES_MAX = 64 << 10;

    private StoreSample() {}

    /** Opens the store on a file, with the clocks where {@link #fill} begins. */
    static SegmentStore open(Path file, FakeTicker ticker) {
        return new SegmentStore(CONFIG.withFile(file), ticker, SEED, () -> WALL_MILLIS);
    }

    static void fill(SegmentStore store, FakeTicker ticker) {
        try (ItemStore.Session session = store.session()) {
            set(session, FLUSHED, "gone", 0, 0);
            session.flush(0);
            ticker.advance(Duration.ofSeconds(10));
            set(session, "plain", "old", 0, 0);
            set(session, "plain", "value", 0, 0);
            set(session, "flags", "value", 0x0102_0304, 0);
            set(session, "short", "value", 0, 100);
            set(session, "long", "value", 0, 1_000_000);
            session.nextToken(0x1_0000_0007L);
            set(session, "token", "value", 0, 0);
            set(session, "stale", "value", 7, 50_000);
            session.markStale(bytes("stale"), ItemStore.KEEP_TTL, 0);
            session.vivify(bytes("won"), 0);
            session.store(StoreMode.SET, bytes("large"), largeValue(), 9, 0);
            set(session, "deleted", "value", 0, 0);
            session.delete(bytes("deleted"));
            ticker.advance(Duration.ofSeconds(5));
            session.get(bytes("short"));
            session.flush(1_000);
        }
    }

    static ByteBuffer largeValue() {
        ByteBuffer value = ByteBuffer.allocate(LARGE_BYTES);
        for (int i = 0; i < LARGE_BYTES; i++) {
            value.put((byte) (i * 31));
        }
        return value.flip();
    }

    /** Writes the sample into an empty directory, as {@code store} and {@code store.image}. */
    static void write(Path directory) {
        FakeTicker ticker = new FakeTicker();
        SegmentStore store = open(directory.resolve("store"), ticker);
        fill(store, ticker);
        store.close();
    }

    /** What a file holds, without the zeros at its end. */
    static byte[] contents(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(FILE_BYTES_MAX);
        }
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** A stored file: {@code store} or {@code store.image}. */
    static byte[] stored(String name) throws IOException {
        try (InputStream resource = StoreSample.class.getResourceAsStream(name + ".gz")) {
            if (resource == null) {
                throw new IOException("no resource " + name + ".gz");
            }
            return new GZIPInputStream(resource).readAllBytes();
        }
    }

    /** Writes the samples into the directory of the resources, its only argument. */
    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("sample");
        write(directory);
        for (String name : new String[] {"store", "store.image"}) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                out.write(contents(directory.resolve(name)));
            }
            Files.write(Path.of(args[0], name + ".gz"), packed.toByteArray());
            Files.delete(directory.resolve(name));
        }
        Files.delete(directory);
    }

    private static void set(ItemStore.Session session, String key, String value, int flags, long ttlSeconds) {
        if (session.store(StoreMode.SET, bytes(key), bytes(value), flags, ttlSeconds) != Outcome.STORED) {
            throw new IllegalStateException(key + " was not stored");
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
