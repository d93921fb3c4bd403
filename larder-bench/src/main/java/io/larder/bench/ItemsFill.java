package io.larder.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * Fills a server with more items of one size than it can hold, then counts what it holds by reading every key back.
 *
 * <p>Values differ from key to key and are compared, so that an item counts only if it is whole and its own. Confined to one
 * thread.
 */
final class ItemsFill implements Closeable {
    private static final int STORES_PER_WRITE = 400;
    private static final int KEYS_PER_GET = 100;

    private final ReplayWire wire;
    private final int valueBytes;
    private final long keys;
    private long refused;

    /**
     * @param valueBytes size of every value, at most 32 KiB
     * @param keys different keys to store, 0 to {@code keys - 1}
     */
    ItemsFill(ReplayServer server, int valueBytes, long keys) throws IOException {
        this.wire = new ReplayWire(server.address());
        this.valueBytes = valueBytes;
        this.keys = keys;
    }

    /** Twice as many keys as fit if an item cost 20 bytes more than its key and value: less than any server we know. */
    static long keysToOverfill(int megabytes, int valueBytes) {
        return 2 * ((long) megabytes << 20) / (ReplayWire.KEY_BYTES + valueBytes + 20);
    }

    /** Stores every key once. */
    void fill(ReplayRun.Progress progress) throws IOException {
        int underWay = 0;
        for (long from = 0; from < keys; from += STORES_PER_WRITE) {
            int count = (int) Math.min(STORES_PER_WRITE, keys - from);
            for (long key = from; key < from + count; key++) {
                wire.set(key, 0, value(key), valueBytes);
            }
            wire.flush();
            awaitStored(underWay); // of the write before, while the server reads this one
            underWay = count;
            progress.at(from + count);
        }
        awaitStored(underWay);
    }

    private void awaitStored(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            refused += wire.accepted() ? 0 : 1;
        }
    }

    /** Stores that the server answered with an error: memcached does when its queues lag behind a fast writer. */
    long refused() {
        return refused;
    }

    /**
     * Returns how many items are there.
     *
     * @throws IOException if one has another value than was stored
     */
    long count(ReplayRun.Progress progress) throws IOException {
        long found = 0;
        for (long from = 0; from < keys; from += KEYS_PER_GET) {
            long to = Math.min(keys, from + KEYS_PER_GET);
            wire.beginGet();
            for (long key = from; key < to; key++) {
                wire.getKey(key);
            }
            wire.endGet();
            wire.flush();
            for (long key = wire.nextKey(); key != ReplayWire.NO_KEY; key = wire.nextKey()) {
                if (!wire.valueIs(value(key))) {
                    throw new IOException("key " + key + " has a value that was not stored");
                }
                found++;
            }
            progress.at(to);
        }
        return found;
    }

    /** The key in decimal, repeated backwards from the end. */
    private byte[] value(long key) {
        byte[] value = new byte[valueBytes];
        byte[] digits = String.valueOf(key).getBytes(US_ASCII);
        Arrays.fill(value, (byte) '.');
        for (int i = 0; i < valueBytes && i < 64; i++) { // the rest says only that nothing is torn
            value[valueBytes - 1 - i] = digits[digits.length - 1 - i % digits.length];
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
