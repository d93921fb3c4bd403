package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Ticker;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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

        Item(byte[] bytes, long deadlineNanos, boolean forever) {
            this.bytes = bytes;
            this.deadlineNanos = deadlineNanos;
            this.forever = forever;
        }
    }

    private final Map<String, Item> items = new ConcurrentHashMap<>();
    private final AtomicInteger finds = new AtomicInteger();
    private final AtomicInteger puts = new AtomicInteger();
    private final Ticker ticker;
    private final FakeCells cells;
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

    @Override
    public byte @Nullable [] find(String key) {
        finds.incrementAndGet();
        beforeFind.run();
        refuseIf(readsDown, key);
        Item item = items.get(key);
        afterFind.run();
        if (item == null || (!item.forever && ticker.nanos() - item.deadlineNanos >= 0)) {
            return null;
        }
        return item.bytes.clone();
    }

    @Override
    public void put(String key, byte[] value, Duration ttl) {
        puts.incrementAndGet();
        beforeWrite.accept(key);
        refuseIf(writesDown, key);
        boolean forever = ttl.equals(FOREVER);
        Duration seconds = forever
                ? Duration.ZERO
                : Duration.ofSeconds(ttl.plusNanos(999_999_999).toSeconds());
        items.put(key, new Item(value.clone(), ticker.nanos() + seconds.toNanos(), forever));
    }

    @Override
    public void remove(String key) {
        beforeWrite.accept(key);
        refuseIf(writesDown, key);
        items.remove(key);
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.TTL, Capability.CURRENT, Capability.ATOMIC);
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

    void refuseCellsIfDown(String key) {
        refuseIf(readsDown || writesDown, key);
    }

    private static void refuseIf(boolean down, String key) {
        if (down) {
            throw new LarderException("node fake gave no reply for " + key);
        }
    }
}
