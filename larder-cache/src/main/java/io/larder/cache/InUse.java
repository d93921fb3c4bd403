package io.larder.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one function that were asked for lately, so that their values can be loaded anew when they are due though nobody
 * asks at that moment ({@link Policy#usedWithin}).
 *
 * <pre>
 *   get ── asked ──► keys ◄── dated: when its value is due
 *   timer, while there are keys ── tick ── forgets what is not in use, puts what is due into line
 *   background, at most 8 threads ── takes from the line ── tends: looks, decides, loads
 * </pre>
 *
 * <p>No thread of its own: the ticks are brief tasks of the timer all functions share. Thread-safe.
 */
final class InUse<K extends @Nullable Object> {
    static final int KEYS_MAX = 10_000;
    static final int THREADS_MAX = 8;
    static final long AGAIN_MILLIS =
            1000; // after a look that brought no value: a failure, a pause, a store that is down

    private static final long TICK_MILLIS_MIN = 10;
    private static final long TICK_MILLIS_MAX = 1000;
    private static final int TICKS_PER_PERIOD = 20;

    /** Looks after a key. */
    @FunctionalInterface
    interface Tender<K extends @Nullable Object> {
        /** Loads the value anew if it is due; answers whether there still is one. */
        boolean tend(String key, K argument);
    }

    /** One of them, with what its load needs. */
    private static final class Key<K extends @Nullable Object> {
        final String name;
        final K argument;
        final Map<String, String> context;
        volatile long usedNanos; // of the ticker, written by every get
        volatile long dueMillis = Long.MAX_VALUE; // since 1970; written by whoever sees or writes the value

        Key(String name, K argument, Map<String, String> context) {
            this.name = name;
            this.argument = argument;
            this.context = context;
        }
    }

    private final Cache<String, Key<K>> keys =
            Caffeine.newBuilder().maximumSize(KEYS_MAX).executor(Runnable::run).build();
    private final Queue<Key<K>> line = new LinkedBlockingQueue<>(KEYS_MAX);
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private final Early early;
    private final long usedWithinNanos;
    private final Duration tick;
    private final Surroundings around;
    private final Tender<K> tender;

    private InUse(Policy policy, Surroundings around, Tender<K> tender) {
        this.early = policy.early();
        this.usedWithinNanos = policy.usedWithin().toNanos();
        this.tick = tick(policy);
        this.around = around;
        this.tender = tender;
    }

    /** Of a function with this policy; {@code null} if it refreshes nothing without a get. */
    static <K extends @Nullable Object> @Nullable InUse<K> of(Policy policy, Surroundings around, Tender<K> tender) {
        return policy.usedWithin().isZero() ? null : new InUse<>(policy, around, tender);
    }

    private static Duration tick(Policy policy) {
        long period = Decision.earlyMillis(new Meta(0, 0, policy.ttlMillis(), 0), policy.early());
        return Duration.ofMillis(Math.max(TICK_MILLIS_MIN, Math.min(TICK_MILLIS_MAX, period / TICKS_PER_PERIOD)));
    }

    /** A get of the key begins. */
    void asked(String name, K argument) {
        Key<K> key = keys.getIfPresent(name);
        if (key == null) {
            key = keys.get(name, same -> new Key<>(same, argument, KeyContext.current()));
        }
        key.usedNanos = around.nanos();
        begin();
    }

    /** The value of the key was seen, or written. */
    void dated(String name, Meta meta) {
        Key<K> key = keys.getIfPresent(name);
        long due = Decision.earlyMillis(meta, early);
        if (key != null && key.dueMillis != due) {
            long now = around.nowMillis();
            key.dueMillis = due > now
                    ? due
                    : Math.min(key.dueMillis, now + AGAIN_MILLIS); // overdue: somebody may be loading it
        }
    }

    private void begin() {
        if (!ticking.get() && ticking.compareAndSet(false, true)) {
            around.timer().after(tick, this::tick);
        }
    }

    private void tick() {
        try {
            long now = around.nanos();
            long nowMillis = around.nowMillis();
            keys.asMap().values().forEach(key -> {
                if (now - key.usedNanos > usedWithinNanos) {
                    keys.asMap().remove(key.name, key);
                } else if (nowMillis >= key.dueMillis && line.offer(key)) {
                    key.dueMillis = Long.MAX_VALUE;
                }
            });
            while (threads.get() < Math.min(THREADS_MAX, line.size())) {
                threads.incrementAndGet();
                if (!around.background().tryRun(this::work)) {
                    threads.decrementAndGet();
                    break; // a later tick finds a place
                }
            }
        } finally {
            ticking.set(false);
            if (!keys.asMap().isEmpty()) {
                begin();
            }
        }
    }

    private void work() {
        try {
            for (Key<K> key = line.poll(); key != null; key = line.poll()) {
                tend(key);
            }
        } finally {
            threads.decrementAndGet();
        }
    }

    private void tend(Key<K> key) {
        key.dueMillis = around.nowMillis() + AGAIN_MILLIS; // unless a value is seen or written now
        Scope scope = KeyContext.enter(key.context);
        try {
            if (!tender.tend(key.name, key.argument)) {
                keys.asMap().remove(key.name, key);
            }
        } catch (RuntimeException e) {
            // a store or a template that fails; the key is looked at again
        } finally {
            scope.close();
        }
    }
}
