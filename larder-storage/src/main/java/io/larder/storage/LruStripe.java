package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.base.Ticker;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** A share of the store: table, order of use and bound, all behind one lock. */
final class LruStripe {
    private static final int TABLE_MIN = 1024;
    private static final int TABLE_MAX = 1 << 28;

    private final ReentrantLock lock = new ReentrantLock();
    private final long bytesMax;
    private final int valueBytesMax;
    private final Ticker ticker;
    private final FlushMark flushMark;

    /** Ends of the list: {@code newer} is the least recently used entry, {@code older} the one used last. */
    private final LruEntry ends = new LruEntry(new byte[0], 0, new byte[0]);

    @GuardedBy("lock")
    private @Nullable LruEntry[] table = new LruEntry[TABLE_MIN];

    @GuardedBy("lock")
    private long items;

    @GuardedBy("lock")
    private long itemsTotal;

    @GuardedBy("lock")
    private long bytes;

    @GuardedBy("lock")
    private long evictions;

    @GuardedBy("lock")
    private long evictedUnfetched;

    @GuardedBy("lock")
    private long reclaimed;

    @GuardedBy("lock")
    private long expiredUnfetched;

    LruStripe(long bytesMax, int valueBytesMax, Ticker ticker, FlushMark flushMark) {
        this.bytesMax = bytesMax;
        this.valueBytesMax = valueBytesMax;
        this.ticker = ticker;
        this.flushMark = flushMark;
    }

    boolean get(ByteBuffer key, int hash, LruItem shown) {
        lock.lock();
        try {
            LruEntry entry = use(key, hash);
            if (entry == null) {
                return false;
            }
            shown.show(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean touch(ByteBuffer key, int hash, long ttlSeconds, LruItem shown) {
        lock.lock();
        try {
            LruEntry entry = use(key, hash);
            if (entry == null) {
                return false;
            }
            setDeadline(entry, ttlSeconds);
            shown.show(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    Outcome store(ByteBuffer key, int hash, byte[] value, StoreMode mode, int flags, long ttlSeconds) {
        lock.lock();
        try {
            LruEntry entry = find(key, hash);
            if (mode == StoreMode.ADD && entry != null) {
                moveToNewest(entry); // as memcached: an add that fails counts as a use
                return Outcome.NOT_STORED;
            }
            if (mode == StoreMode.REPLACE && entry == null) {
                return Outcome.NOT_STORED;
            }
            put(entry, key, hash, value, flags, ttlSeconds);
            return Outcome.STORED;
        } finally {
            lock.unlock();
        }
    }

    Outcome compareAndStore(ByteBuffer key, int hash, byte[] value, int flags, long ttlSeconds, long cas) {
        lock.lock();
        try {
            LruEntry entry = find(key, hash);
            if (entry == null) {
                return Outcome.NOT_FOUND;
            }
            if (entry.cas != cas) {
                return Outcome.EXISTS;
            }
            put(entry, key, hash, value, flags, ttlSeconds);
            return Outcome.STORED;
        } finally {
            lock.unlock();
        }
    }

    Outcome extend(ByteBuffer key, int hash, byte[] addition, StoreMode mode) {
        lock.lock();
        try {
            LruEntry entry = find(key, hash);
            if (entry == null) {
                return Outcome.NOT_STORED;
            }
            if ((long) entry.value.length + addition.length > valueBytesMax) {
                return Outcome.TOO_LARGE;
            }
            byte[] first = mode == StoreMode.APPEND ? entry.value : addition;
            byte[] second = mode == StoreMode.APPEND ? addition : entry.value;
            byte[] joined = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, joined, first.length, second.length);
            replaceValue(entry, joined);
            return Outcome.STORED;
        } finally {
            lock.unlock();
        }
    }

    Outcome count(ByteBuffer key, int hash, LongUnaryOperator change, LruItem shown) {
        lock.lock();
        try {
            LruEntry entry = use(key, hash);
            if (entry == null) {
                return Outcome.NOT_FOUND;
            }
            long old;
            try {
                old = Decimal.parse(entry.value);
            } catch (NumberFormatException e) {
                return Outcome.NOT_NUMERIC;
            }
            replaceValue(entry, Decimal.format(change.applyAsLong(old), entry.value.length));
            shown.show(entry);
            return Outcome.STORED;
        } finally {
            lock.unlock();
        }
    }

    boolean delete(ByteBuffer key, int hash) {
        lock.lock();
        try {
            LruEntry entry = find(key, hash);
            if (entry == null) {
                return false;
            }
            remove(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            table = new LruEntry[TABLE_MIN];
            ends.newer = ends;
            ends.older = ends;
            items = 0;
            bytes = 0;
        } finally {
            lock.unlock();
        }
    }

    StoreStats stats() {
        lock.lock();
        try {
            return new StoreStats(
                    items, itemsTotal, bytes, bytesMax, evictions, evictedUnfetched, reclaimed, expiredUnfetched);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private @Nullable LruEntry use(ByteBuffer key, int hash) {
        LruEntry entry = find(key, hash);
        if (entry != null) {
            entry.fetched = true;
            moveToNewest(entry);
        }
        return entry;
    }

    /** The live entry of a key; a dead one is removed on the way. */
    @GuardedBy("lock")
    private @Nullable LruEntry find(ByteBuffer key, int hash) {
        LruEntry entry = table[hash & (table.length - 1)];
        while (entry != null && !entry.hasKey(key, hash)) {
            entry = entry.nextInBucket;
        }
        if (entry != null && isDead(entry)) {
            reclaim(entry);
            return null;
        }
        return entry;
    }

    @GuardedBy("lock")
    private boolean isDead(LruEntry entry) {
        long now = ticker.nanos();
        return (entry.expires && now - entry.deadlineNanos >= 0) || flushMark.covers(entry.cas, entry.storedNanos, now);
    }

    @GuardedBy("lock")
    private void put(@Nullable LruEntry present, ByteBuffer key, int hash, byte[] value, int flags, long ttlSeconds) {
        LruEntry entry = present;
        if (entry == null) {
            entry = insert(key, hash, value);
        } else {
            replaceValue(entry, value);
        }
        entry.flags = flags;
        setDeadline(entry, ttlSeconds);
    }

    @GuardedBy("lock")
    private LruEntry insert(ByteBuffer key, int hash, byte[] value) {
        byte[] keyBytes = new byte[key.remaining()];
        key.get(key.position(), keyBytes);
        LruEntry entry = new LruEntry(keyBytes, hash, value);
        if (items >= table.length && table.length < TABLE_MAX) {
            grow();
        }
        int bucket = hash & (table.length - 1);
        entry.nextInBucket = table[bucket];
        table[bucket] = entry;
        entry.linkBehind(ends);
        items++;
        bytes += entry.bytes();
        stamp(entry);
        makeRoom(entry);
        return entry;
    }

    @GuardedBy("lock")
    private void replaceValue(LruEntry entry, byte[] value) {
        bytes += value.length - entry.value.length;
        entry.value = value;
        moveToNewest(entry);
        stamp(entry);
        makeRoom(entry);
    }

    @GuardedBy("lock")
    private void stamp(LruEntry entry) {
        itemsTotal++;
        entry.cas = flushMark.nextCas();
        entry.storedNanos = ticker.nanos();
        entry.fetched = false;
    }

    /** Evicts from the least recently used end; the entry just stored stays, it fits by {@link StorageConfig}'s rule. */
    @GuardedBy("lock")
    private void makeRoom(LruEntry kept) {
        while (bytes > bytesMax && ends.newer != kept) {
            LruEntry oldest = ends.newer;
            if (isDead(oldest)) {
                reclaim(oldest);
            } else {
                evictions++;
                evictedUnfetched += oldest.fetched ? 0 : 1;
                remove(oldest);
            }
        }
    }

    @GuardedBy("lock")
    private void reclaim(LruEntry dead) {
        reclaimed++;
        expiredUnfetched += dead.fetched ? 0 : 1;
        remove(dead);
    }

    @GuardedBy("lock")
    private void remove(LruEntry entry) {
        int bucket = entry.hash & (table.length - 1);
        LruEntry at = table[bucket];
        if (at == entry) {
            table[bucket] = entry.nextInBucket;
        } else {
            while (at != null && at.nextInBucket != entry) {
                at = at.nextInBucket;
            }
            if (at != null) {
                at.nextInBucket = entry.nextInBucket;
            }
        }
        entry.unlinkFromList();
        items--;
        bytes -= entry.bytes();
    }

    @GuardedBy("lock")
    private void moveToNewest(LruEntry entry) {
        entry.unlinkFromList();
        entry.linkBehind(ends);
    }

    @GuardedBy("lock")
    private void setDeadline(LruEntry entry, long ttlSeconds) {
        entry.expires = ttlSeconds != 0;
        // a negative TTL is over at once; a very long one is cut at 100 years, where the clock's sum still fits
        long seconds = Math.min(Math.max(ttlSeconds, 0), TimeUnit.DAYS.toSeconds(36_525));
        entry.deadlineNanos = ticker.nanos() + TimeUnit.SECONDS.toNanos(seconds);
    }

    @GuardedBy("lock")
    private void grow() {
        @Nullable LruEntry[] old = table;
        table = new LruEntry[old.length * 2];
        for (LruEntry first : old) {
            LruEntry entry = first;
            while (entry != null) {
                LruEntry next = entry.nextInBucket;
                int bucket = entry.hash & (table.length - 1);
                entry.nextInBucket = table[bucket];
                table[bucket] = entry;
                entry = next;
            }
        }
    }
}
