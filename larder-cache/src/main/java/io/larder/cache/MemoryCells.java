package io.larder.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.larder.base.LarderException;
import io.larder.base.Printable;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.StoreContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Cells in the process. None leaves before its TTL has ended: a lock must not be forgotten to make room for an entry, so
 * they are kept apart from entries, and beyond their bound new ones are refused. Thread-safe.
 */
final class MemoryCells implements Cells {
    /** Bound unless {@code mem:?cells=} says otherwise: some 20 MB of short ones. */
    static final long CELLS_DEFAULT = 100_000;

    /** One state of a cell. A counter has no bytes. */
    private static final class State {
        final byte[] bytes;
        final long number; // the version of a value
        final long deadlineNanos;
        final boolean forever;

        State(byte[] bytes, long number, long deadlineNanos, boolean forever) {
            this.bytes = bytes;
            this.number = number;
            this.deadlineNanos = deadlineNanos;
            this.forever = forever;
        }
    }

    private static final byte[] COUNTER = {};

    private final Cache<String, State> cells;
    private final long cellsMax;
    private final StoreContext context;
    private final AtomicLong versions = new AtomicLong();

    MemoryCells(long cellsMax, StoreContext context) {
        this.cellsMax = cellsMax;
        this.context = context;
        this.cells = Caffeine.newBuilder()
                .expireAfter(new AtDeadline())
                .ticker(context.ticker()::nanos)
                .executor(context.executor())
                .build();
    }

    @Override
    public @Nullable Cell find(String key) {
        State state = cells.getIfPresent(key);
        return state == null ? null : new Cell(state.bytes.clone(), state.number);
    }

    @Override
    public boolean add(String key, byte[] value, Duration ttl) {
        State fresh = state(value.clone(), versions.incrementAndGet(), ttl);
        return change(key, now -> now == null ? fresh : now) == fresh;
    }

    @Override
    public boolean replace(String key, byte[] value, long version, Duration ttl) {
        State fresh = state(value.clone(), versions.incrementAndGet(), ttl);
        return cells.asMap().computeIfPresent(key, (k, now) -> now.number == version ? fresh : now) == fresh;
    }

    @Override
    public long count(String key, long by, long start, Duration ttl) {
        if (by <= 0) {
            State state = cells.asMap().computeIfPresent(key, (k, now) -> by == 0 ? now : counted(now, by));
            return state == null ? Math.max(0, start + by) : state.number;
        }
        State state = change(key, now -> now == null ? state(COUNTER, start + by, ttl) : counted(now, by));
        return state.number;
    }

    private static State counted(State now, long by) {
        return new State(COUNTER, Math.max(0, now.number + by), now.deadlineNanos, now.forever);
    }

    private State change(String key, UnaryOperator<@Nullable State> how) {
        if (cells.estimatedSize() >= cellsMax && cells.getIfPresent(key) == null) {
            cells.cleanUp(); // those whose time is over
            if (cells.estimatedSize() >= cellsMax) {
                throw new LarderException(
                        "no room for %s: %d locks and counters are in use; write mem:?cells=%d for more"
                                .formatted(Printable.of(key), cellsMax, 2 * cellsMax));
            }
        }
        return cells.asMap().compute(key, (k, now) -> how.apply(now));
    }

    private State state(byte[] bytes, long number, Duration ttl) {
        boolean forever = ttl.compareTo(Duration.ofDays(36_500)) > 0;
        return new State(bytes, number, context.ticker().nanos() + (forever ? 0 : ttl.toNanos()), forever);
    }

    void close() {
        cells.invalidateAll();
        cells.cleanUp();
    }

    /** A cell's state says itself when it ends. */
    private static final class AtDeadline implements Expiry<String, State> {
        @Override
        public long expireAfterCreate(String key, State state, long nowNanos) {
            return state.forever ? Long.MAX_VALUE : Math.max(0, state.deadlineNanos - nowNanos);
        }

        @Override
        public long expireAfterUpdate(String key, State state, long nowNanos, long leftNanos) {
            return expireAfterCreate(key, state, nowNanos);
        }

        @Override
        public long expireAfterRead(String key, State state, long nowNanos, long leftNanos) {
            return leftNanos;
        }
    }
}
