package io.larder.bench;

import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.SegmentStore;
import io.larder.storage.StorageConfig;
import io.larder.storage.StoreMode;
import io.larder.storage.StoreStats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Replays traces against the store in this process and prints misses: {@code StoreReplay FRACTIONS TRACE...}, fractions of
 * the trace's unique bytes, as in {@code 0.05,0.1,0.25}.
 *
 * <p>A trace too small for the smallest store is replayed as several copies side by side, each with keys of its own.
 */
public final class StoreReplay {
    private static final int VALUE_BYTES_MAX = 1 << 20;

    /** Below this the smallest segments are too large a share of the store to say anything. */
    private static final long BYTES_AIM = 8 << 20;

    private final StoreTrace trace;
    private final int copies;
    private final ByteBuffer key = ByteBuffer.allocate(StoreTrace.KEY_BYTES);
    private final ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES_MAX);
    private volatile long nowNanos;
    private long gets;
    private long misses;
    private long getBytes;
    private long missBytes;
    private long refused;

    private StoreReplay(StoreTrace trace, int copies) {
        this.trace = trace;
        this.copies = copies;
    }

    public static void main(String[] args) throws IOException {
        System.out.printf(
                "%-32s %6s %7s %10s %8s %8s %9s %6s%n",
                "trace", "size", "copies", "bytes", "misses", "by byte", "ns/op", "refused");
        for (int i = 1; i < args.length; i++) {
            Path file = Path.of(args[i]);
            StoreTrace trace = StoreTrace.load(file);
            for (String fraction : args[0].split(",", -1)) {
                long bytes = (long) (trace.uniqueBytes() * Double.parseDouble(fraction));
                int copies = (int) Math.max(1, (BYTES_AIM + bytes - 1) / bytes);
                System.out.println(new StoreReplay(trace, copies).run(file, fraction, bytes * copies));
            }
        }
    }

    private String run(Path file, String fraction, long bytes) {
        StorageConfig config = new StorageConfig(bytes, (int) Math.min(VALUE_BYTES_MAX, bytes / 2)).withWriters(1);
        SegmentStore store = SegmentStore.open(config, () -> nowNanos);
        long began = System.nanoTime();
        try (ItemStore.Session session = store.session()) {
            for (int i = 0; i < trace.length; i++) {
                nowNanos = TimeUnit.SECONDS.toNanos(trace.time[i]);
                for (int copy = 0; copy < copies; copy++) {
                    request(session, i, copy);
                }
            }
        } finally {
            store.close();
        }
        StoreStats stats = store.stats();
        double nanos = (double) (System.nanoTime() - began) / trace.length / copies;
        return String.format(
                Locale.ROOT,
                "%-32s %6s %7d %10d %8.4f %8.4f %9.0f %6d items %d evicted %d",
                file.getFileName(),
                fraction,
                copies,
                bytes,
                (double) misses / gets,
                (double) missBytes / getBytes,
                nanos,
                refused,
                stats.items(),
                stats.evictions());
    }

    private void request(ItemStore.Session session, int i, int copy) {
        loadKey(trace.key[i], copy);
        int size = trace.size[i];
        boolean store = trace.op[i] == StoreTrace.SET;
        if (trace.op[i] == StoreTrace.GET) {
            gets++;
            getBytes += size;
            if (session.get(key) == null) {
                misses++;
                missBytes += size;
                store = true;
            }
        } else if (trace.op[i] == StoreTrace.DELETE) {
            session.delete(key);
        }
        if (store) {
            value.limit(size);
            Outcome outcome = session.store(StoreMode.SET, key, value, 0, trace.ttl[i]);
            refused += outcome == Outcome.STORED ? 0 : 1;
        }
        session.quiesce();
    }

    private void loadKey(int id, int copy) {
        String text = String.format(Locale.ROOT, "%03d", copy);
        key.clear();
        key.put(text.getBytes(StandardCharsets.US_ASCII));
        int left = id;
        for (int at = StoreTrace.KEY_BYTES - 1; at >= 3; at--) {
            key.put(at, (byte) ('0' + left % 10));
            left /= 10;
        }
        key.clear();
    }
}
