package io.larder.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreCounts;
import java.time.Duration;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a store in the process: Caffeine, bounded as the store says, each entry with its own TTL. When it is full, those
 * that are seldom asked for leave first. Thread-safe.
 *
 * <p>Caffeine knows nothing of the TTLs, which would make each of its reads dearer: a read compares the entry's own deadline, and
 * a {@link TimingWheel} gives back the memory of what has ended, a second or so later, with the next write, look at the counts, or hit of
 * an entry that ends.
 */
final class MemoryEntries {
    private static final Duration TTL_MAX = Duration.ofDays(36_500); // what lasts longer is kept without an end

    private final Cache<String, MemoryEntry> cache;
    private final ConcurrentMap<String, MemoryEntry> entries; // the same
    private final TimingWheel wheel;
    private final AtomicBoolean isSweeping = new AtomicBoolean();
    private final Duration ttlMax;
    private final LongAdder evictions = new LongAdder();
    private final LongAdder expirations = new LongAdder();
    private final StoreContext context;

    /**
     * No entries yet.
     *
     * @param bound sets what Caffeine is bounded by, and who evicts
     * @param ttlMax longer TTLs are cut to this
     */
    MemoryEntries(UnaryOperator<Caffeine<String, MemoryEntry>> bound, Duration ttlMax, StoreContext context) {
        this.ttlMax = ttlMax;
        this.context = context;
        this.wheel = new TimingWheel(context.ticker().nanos());
        this.cache = bound.apply(Caffeine.newBuilder().<String, MemoryEntry>evictionListener((key, entry, cause) -> {
                    if (entry != null) {
                        left(entry, evictions);
                    }
                }))
                .build();
        this.entries = cache.asMap();
    }

    @Nullable
    Object find(String key) {
        MemoryEntry entry = cache.getIfPresent(key);
        if (entry == null || entry.isForever) {
            return entry == null ? null : entry.value; // no time to ask for
        }
        long now = context.ticker().nanos();
        if (wheel.isDue(now)) {
            sweep();
        }
        if (entry.hasEnded(now)) {
            wheel.remove(entry);
            forget(entry);
            return null;
        }
        return entry.value;
    }

    void put(String key, Object value, Duration ttl) {
        Duration bounded = ttl.compareTo(ttlMax) < 0 ? ttl : ttlMax;
        boolean isForever = bounded.compareTo(TTL_MAX) > 0;
        long now = context.ticker().nanos();
        MemoryEntry entry = new MemoryEntry(key, value, isForever, isForever ? 0 : now + bounded.toNanos());
        MemoryEntry before = entries.put(key, entry);
        if (!isForever) {
            wheel.add(entry);
        }
        if (before != null) {
            left(before, null);
        }
        if (wheel.isDue(now)) {
            sweep();
        }
    }

    void remove(String key) {
        MemoryEntry entry = entries.remove(key);
        if (entry != null) {
            left(entry, null);
        }
    }

    /** An entry has left Caffeine: counts that as an expiration if its time was over, otherwise as what the caller says. */
    private void left(MemoryEntry entry, @Nullable LongAdder otherwise) {
        if (!entry.isForever) {
            wheel.remove(entry);
        }
        if (entry.hasEnded(context.ticker().nanos())) {
            expirations.increment();
        } else if (otherwise != null) {
            otherwise.increment();
        }
    }

    private void forget(MemoryEntry ended) {
        if (entries.remove(ended.key, ended)) { // else another took its place, or took it away, and has counted it
            expirations.increment();
        }
    }

    private void sweep() {
        if (isSweeping.compareAndSet(false, true)) {
            try {
                context.executor().execute(this::forgetEnded);
            } catch (RejectedExecutionException e) {
                forgetEnded(); // here then
            }
        }
    }

    private void forgetEnded() {
        try {
            wheel.takeEnded(context.ticker().nanos()).forEach(this::forget);
        } finally {
            isSweeping.set(false);
        }
    }

    StoreCounts counts() {
        if (wheel.isDue(context.ticker().nanos())) {
            sweep();
        }
        return new StoreCounts(cache.estimatedSize(), evictions.sum(), expirations.sum(), bytes());
    }

    private long bytes() {
        return cache.policy()
                .eviction()
                .filter(com.github.benmanes.caffeine.cache.Policy.Eviction::isWeighted)
                .map(eviction -> {
                    cache.cleanUp(); // what is written and not weighed yet
                    return eviction.weightedSize().orElse(0);
                })
                .orElse(0L);
    }

    void close() {
        entries.keySet().forEach(this::remove);
        cache.cleanUp();
    }
}
