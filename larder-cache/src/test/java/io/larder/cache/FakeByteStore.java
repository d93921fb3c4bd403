package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Ticker;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A remote store in a map, that a test can switch off. Like memcached it counts TTLs in whole seconds, rounded up.
 * Thread-safe.
 */
public final class FakeByteStore implements ByteStore {
    private static final class Item {
        final byte[] bytes;
        final long deadlineNanos;
        final boolean forever;
        final long version;
        final boolean promised;

        Item(byte[] bytes, long deadlineNanos, boolean forever, long version, boolean promised) {
            this.bytes = bytes;
            this.deadlineNanos = deadlineNanos;
            this.forever = forever;
            this.version = version;
            this.promised = promised;
        }
    }

    private final Map<String, Item> items = new ConcurrentHashMap<>();
    private final AtomicInteger finds = new AtomicInteger();
    private final AtomicInteger puts = new AtomicInteger();
    private final AtomicInteger cellCalls = new AtomicInteger();
    private final Ticker ticker;
    private final FakeCells cells;
    private final AtomicLong versions = new AtomicLong();
    private volatile boolean givesLeases;
    private volatile boolean readsDown;
    private volatile boolean writesDown;
    private volatile Runnable beforeFind = () -> {};
    private volatile Runnable afterFind = () -> {};
    private volatile Consumer<String> beforeWrite = key -> {};

    public FakeByteStore(Ticker ticker) {
        this.ticker = ticker;
        this.cells = new FakeCells(this, ticker);
    }

    /** From now on reads and writes fail, or work again. */
    public void down(boolean down) {
        readsDown = down;
        writesDown = down;
    }

    /** From now on only writes fail, or work again. */
    public void writesDown(boolean down) {
        writesDown = down;
    }

    /** Runs in each lookup before it looks. */
    public void beforeFind(Runnable hook) {
        beforeFind = hook;
    }

    /** Runs in each lookup after it has looked. */
    public void afterFind(Runnable hook) {
        afterFind = hook;
    }

    /** Runs in each put and removal, with its key, before anything happens. */
    public void beforeWrite(Consumer<String> hook) {
        beforeWrite = hook;
    }

    public int finds() {
        return finds.get();
    }

    public int puts() {
        return puts.get();
    }

    /** Calls of its cells. */
    public int cellCalls() {
        return cellCalls.get();
    }

    @Override
    public byte @Nullable [] find(String key) {
        finds.incrementAndGet();
        beforeFind.run();
        refuseIf(readsDown, key);
        Item item = item(key);
        afterFind.run();
        return item == null || item.promised ? null : item.bytes.clone();
    }

    private @Nullable Item item(String key) {
        Item item = items.get(key);
        return item == null || (!item.forever && ticker.nanos() - item.deadlineNanos >= 0) ? null : item;
    }

    @Override
    public void put(String key, byte[] value, Duration ttl) {
        puts.incrementAndGet();
        beforeWrite.accept(key);
        refuseIf(writesDown, key);
        items.put(key, item(value, ttl, false));
    }

    private Item item(byte[] value, Duration ttl, boolean promised) {
        boolean forever = ttl.equals(FOREVER);
        Duration seconds = forever
                ? Duration.ZERO
                : Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds());
        long end = ticker.nanos() + seconds.toNanos();
        return new Item(value.clone(), end, forever, versions.incrementAndGet(), promised);
    }

    /** From now on it gives leases, for Larders that are opened later. */
    public void giveLeases() {
        givesLeases = true;
    }

    @Override
    public Leases leases() {
        return new FakeLeases();
    }

    private final class FakeLeases implements Leases {
        @Override
        public Answer findAll(Collection<String> keys, Collection<String> others, Duration lease) {
            Map<String, Leased> found = new HashMap<>();
            Map<String, RuntimeException> failures = new HashMap<>();
            for (String key : keys) {
                try {
                    found.put(key, claim(key, lease));
                } catch (RuntimeException e) {
                    failures.put(key, e);
                }
            }
            Found<byte[]> rest = FakeByteStore.this.findAll(others);
            failures.putAll(rest.failures());
            return new Answer(found, new Found<>(rest.values(), failures));
        }

        private Leased claim(String key, Duration lease) {
            finds.incrementAndGet();
            beforeFind.run();
            refuseIf(readsDown, key);
            Item promise = item(new byte[0], lease, true);
            Item item = lease.isZero()
                    ? item(key)
                    : items.compute(key, (same, there) -> item(key) == null ? promise : there);
            afterFind.run();
            if (item == null) {
                return Leased.NOTHING;
            }
            if (item == promise) {
                return new Leased.Granted(item.version);
            }
            return item.promised
                    ? new Leased.Promised(item.version)
                    : new Leased.Value(new Cell(item.bytes.clone(), item.version));
        }

        @Override
        public boolean put(String key, byte[] value, long token, Duration ttl) {
            puts.incrementAndGet();
            beforeWrite.accept(key);
            refuseIf(writesDown, key);
            Item mine = item(value, ttl, false);
            Item seen = item(key);
            return seen != null && seen.version == token && items.replace(key, seen, mine);
        }

        @Override
        public void giveBack(String key, long token) {
            refuseIf(writesDown, key);
            items.computeIfPresent(key, (same, now) -> now.version == token ? null : now);
        }
    }

    @Override
    public void remove(String key) {
        beforeWrite.accept(key);
        refuseIf(writesDown, key);
        items.remove(key);
    }

    @Override
    public Set<Capability> capabilities() {
        return givesLeases
                ? Set.of(Capability.TTL, Capability.CURRENT, Capability.ATOMIC, Capability.LEASES)
                : Set.of(Capability.TTL, Capability.CURRENT, Capability.ATOMIC);
    }

    @Override
    public Cells cells() {
        return cells;
    }

    /** Forgets its cells, as a node does that is started again. */
    public void loseCells() {
        cells.items.clear();
    }

    @Override
    public void close() {
        items.clear();
    }

    void cellCalled(String key) {
        cellCalls.incrementAndGet();
        refuseIf(readsDown || writesDown, key);
    }

    private static void refuseIf(boolean down, String key) {
        if (down) {
            throw new LarderException("node fake gave no reply for " + key);
        }
    }
}
