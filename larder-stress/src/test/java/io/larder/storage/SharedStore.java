package io.larder.storage;

import io.larder.base.Ticker;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small store that all states of a test share, since a store for each would be all that is measured: each state has a key
 * of its own. Without a thread of its own: writers reclaim.
 */
final class SharedStore {
    /** What a value tells about itself. */
    static final int MISSING = 0;

    static final int TORN = -1;
    static final int FOREIGN = -2;

    private static final int KEYS = 1 << 14;
    private static final int HEAD_BYTES = 8;

    private final ThreadLocal<ItemStore.Session> sessions;
    private final AtomicInteger keys = new AtomicInteger();

    /** The fewer bytes, the sooner its memory is used again. */
    SharedStore(long bytes) {
        SegmentStore store = new SegmentStore(new StorageConfig(bytes, 100_000), Ticker.SYSTEM, 1);
        sessions = ThreadLocal.withInitial(store::session);
    }

    /** A key that no state in flight uses. */
    int nextKey() {
        return keys.incrementAndGet() & (KEYS - 1);
    }

    /** The calling thread's. */
    ItemStore.Session session() {
        return sessions.get();
    }

    static ByteBuffer key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
    }

    /** A value that names its key and is made of one version all through; the version is 1 to 127. */
    static ByteBuffer value(int key, int version, int bytes) {
        ByteBuffer value = ByteBuffer.allocate(bytes).putInt(key).putInt(version);
        while (value.hasRemaining()) {
            value.put((byte) version);
        }
        return value.flip();
    }

    void set(int key, int version, int bytes) {
        session().store(StoreMode.SET, key(key), value(key, version, bytes), 0, 0);
    }

    /** Writes so much else that segments are drained and used again. */
    void churn(int items, int bytes) {
        for (int i = 0; i < items; i++) {
            int other = KEYS + (keys.incrementAndGet() & 0xffff);
            set(other, 1, bytes);
        }
    }

    /** The version found, or {@link #MISSING}, {@link #TORN}, {@link #FOREIGN}. */
    int read(int key) {
        ItemStore.Item item = session().get(key(key));
        int version = item == null ? MISSING : version(item, key, 1);
        session().quiesce();
        return version;
    }

    /** As {@link #read}, copying in so many steps: what a slow connection does. */
    int readSlowly(int key, int steps) {
        ItemStore.Item item = session().get(key(key));
        int version = item == null ? MISSING : version(item, key, steps);
        session().quiesce();
        return version;
    }

    private static int version(ItemStore.Item item, int key, int steps) {
        int length = item.valueBytes();
        ByteBuffer copy = ByteBuffer.allocate(length);
        for (int step = 1; step <= steps; step++) {
            int from = copy.position();
            item.copyValue(from, (int) ((long) length * step / steps) - from, copy);
            if (step < steps) {
                Thread.onSpinWait();
            }
        }
        if (copy.getInt(0) != key) {
            return FOREIGN;
        }
        int version = copy.getInt(Integer.BYTES);
        for (int at = HEAD_BYTES; at < length; at++) {
            if (copy.get(at) != (byte) version) {
                return TORN;
            }
        }
        return version;
    }
}
