package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a store has to forget and could not be told. At most 10,000; beyond, the oldest is dropped, and entries from
 * before that moment are not trusted by this process any more. Thread-safe.
 */
final class Missed {
    static final int KEYS_MAX = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean any; // nearly always none: a read need not take the lock
    private volatile long distrustedMillis = Long.MIN_VALUE;

    @GuardedBy("lock")
    private final Map<String, Long> keys = new LinkedHashMap<>(); // with the number of the miss

    private final AtomicLong last = new AtomicLong();

    @GuardedBy("lock")
    private long dropped;

    /** Remembers a key; answers whether it is the only one. */
    boolean add(String key, long nowMillis) {
        lock.lock();
        try {
            keys.remove(key);
            keys.put(key, last.incrementAndGet());
            if (keys.size() > KEYS_MAX) {
                Iterator<String> oldest = keys.keySet().iterator();
                oldest.next();
                oldest.remove();
                dropped++;
                distrustedMillis = nowMillis;
            }
            any = true;
            return keys.size() == 1;
        } finally {
            lock.unlock();
        }
    }

    boolean contains(String key) {
        return any && number(key) != null;
    }

    private @Nullable Long number(String key) {
        lock.lock();
        try {
            return keys.get(key);
        } finally {
            lock.unlock();
        }
    }

    /** The number of the last miss; what a later call settles, it settles up to here. */
    long last() {
        return last.get();
    }

    /** The store knows of the key, as of the miss with this number; answers whether the key was one of these. */
    boolean settled(String key, long upTo) {
        if (!any) {
            return false;
        }
        lock.lock();
        try {
            Long number = keys.get(key);
            boolean known = number != null && number <= upTo;
            if (known) {
                keys.remove(key);
                any = !keys.isEmpty();
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Some of the keys, the oldest first. */
    List<String> oldest(int count) {
        lock.lock();
        try {
            return keys.keySet().stream().limit(count).toList();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        if (!any) {
            return 0;
        }
        lock.lock();
        try {
            return keys.size();
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** Entries made until then may be some that should have been forgotten. */
    long distrustedMillis() {
        return distrustedMillis;
    }
}
