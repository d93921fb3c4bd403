package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keys that have to be deleted on a node before it may be read from again, in the order they came, each once. Bounded:
 * what does not fit is dropped, and counted. Thread-safe.
 */
final class MissedDeletes {
    private final int keysMax;
    private final ReentrantLock lock = new ReentrantLock();

    /** Keys on the wire, byte for char. */
    @GuardedBy("lock")
    private final Set<String> keys = new LinkedHashSet<>();

    /** Lets those who find nothing pass without the lock. */
    private volatile int size;

    MissedDeletes(int keysMax) {
        this.keysMax = keysMax;
    }

    /** False if there is no room. */
    boolean add(byte[] wireKey) {
        lock.lock();
        try {
            String key = new String(wireKey, StandardCharsets.ISO_8859_1);
            if (keys.size() >= keysMax && !keys.contains(key)) {
                return false;
            }
            keys.add(key);
            size = keys.size();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The oldest keys, which stay until they are {@link #remove}d. */
    List<byte[]> oldest(int count) {
        List<byte[]> oldest = new ArrayList<>();
        lock.lock();
        try {
            for (String key : keys) {
                if (oldest.size() == count) {
                    break;
                }
                oldest.add(key.getBytes(StandardCharsets.ISO_8859_1));
            }
        } finally {
            lock.unlock();
        }
        return oldest;
    }

    void remove(byte[] wireKey) {
        lock.lock();
        try {
            keys.remove(new String(wireKey, StandardCharsets.ISO_8859_1));
            size = keys.size();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        return size;
    }
}
