package io.larder.server;

import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.StoreMode;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A session that tells watchers and prefix counts of what it does. An event loop works through it only while somebody looks.
 * Confined to the event loop.
 */
final class ObservedSession extends SessionAround {
    private final Watch watch;
    private final PrefixStats prefixes;
    private final LongSupplier connection;

    /**
     * Looks over another session.
     *
     * @param connection tells whose request is being served
     */
    ObservedSession(ItemStore.Session session, Watch watch, PrefixStats prefixes, LongSupplier connection) {
        super(session);
        this.watch = watch;
        this.prefixes = prefixes;
        this.connection = connection;
    }

    private ItemStore.@Nullable Item fetched(ByteBuffer key, ItemStore.@Nullable Item item) {
        watch.fetched(key, item, connection.getAsLong());
        return item;
    }

    /** As memcached, whose every command begins with a fetch; answers the size of what is there. */
    private int looked(ByteBuffer key) {
        ItemStore.Item item = fetched(key, session.look(key));
        return item == null ? 0 : item.valueBytes();
    }

    private Outcome stored(ByteBuffer key, Outcome outcome, String command, long ttlSeconds, int valueBytes) {
        watch.stored(key, outcome, command, ttlSeconds, connection.getAsLong(), valueBytes);
        return outcome;
    }

    @Override
    public ItemStore.@Nullable Item get(ByteBuffer key) {
        ItemStore.Item item = session.get(key);
        prefixes.got(key, item != null);
        return fetched(key, item);
    }

    @Override
    public ItemStore.@Nullable Item look(ByteBuffer key) {
        return fetched(key, session.look(key));
    }

    @Override
    public void nextToken(long cas) {
        session.nextToken(cas);
    }

    @Override
    public ItemStore.@Nullable Item getAndTouch(ByteBuffer key, long ttlSeconds) {
        ItemStore.Item item = session.getAndTouch(key, ttlSeconds);
        prefixes.got(key, item != null);
        return fetched(key, item);
    }

    @Override
    public boolean touch(ByteBuffer key, long ttlSeconds) {
        looked(key);
        return session.touch(key, ttlSeconds);
    }

    @Override
    public Outcome vivify(ByteBuffer key, long ttlSeconds) {
        prefixes.set(key);
        Outcome outcome = session.vivify(key, ttlSeconds);
        return stored(key, outcome, name(StoreMode.ADD), ttlSeconds, 0);
    }

    @Override
    public Outcome store(StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds) {
        prefixes.set(key);
        int before = looked(key);
        Outcome outcome = session.store(mode, key, value, flags, ttlSeconds);
        return stored(key, outcome, name(mode), ttlSeconds, size(mode, value, before, outcome));
    }

    @Override
    public Outcome compareAndStore(
            StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
        prefixes.set(key);
        int before = looked(key);
        Outcome outcome = session.compareAndStore(mode, key, value, flags, ttlSeconds, cas);
        String command = mode == StoreMode.SET ? "cas" : name(mode);
        return stored(key, outcome, command, ttlSeconds, size(mode, value, before, outcome));
    }

    @Override
    public Outcome compareAndStoreStale(ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
        prefixes.set(key);
        looked(key);
        Outcome outcome = session.compareAndStoreStale(key, value, flags, ttlSeconds, cas);
        return stored(key, outcome, "cas", ttlSeconds, value.remaining());
    }

    @Override
    public Outcome markStale(ByteBuffer key, long ttlSeconds, long cas) {
        looked(key);
        return session.markStale(key, ttlSeconds, cas);
    }

    @Override
    public Outcome dropValue(ByteBuffer key, int flags, long ttlSeconds, long cas, boolean stale) {
        int size = looked(key);
        Outcome outcome = session.dropValue(key, flags, ttlSeconds, cas, stale);
        if (outcome == Outcome.STORED && !stale) {
            watch.deleted(key, size);
        }
        return outcome;
    }

    @Override
    public boolean delete(ByteBuffer key) {
        prefixes.deleted(key);
        int size = looked(key);
        boolean deleted = session.delete(key);
        if (deleted) {
            watch.deleted(key, size);
        }
        return deleted;
    }

    @Override
    public Outcome compareAndDelete(ByteBuffer key, long cas) {
        prefixes.deleted(key);
        int size = looked(key);
        Outcome outcome = session.compareAndDelete(key, cas);
        if (outcome == Outcome.STORED) {
            watch.deleted(key, size);
        }
        return outcome;
    }

    @Override
    public Outcome increment(ByteBuffer key, long delta, long cas) {
        looked(key);
        return session.increment(key, delta, cas);
    }

    @Override
    public Outcome decrement(ByteBuffer key, long delta, long cas) {
        looked(key);
        return session.decrement(key, delta, cas);
    }

    @Override
    public long token() {
        return session.token();
    }

    private static String name(StoreMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private static int size(StoreMode mode, ByteBuffer value, int before, Outcome outcome) {
        boolean longer = mode == StoreMode.APPEND || mode == StoreMode.PREPEND;
        return value.remaining() + (longer && outcome == Outcome.STORED ? before : 0);
    }
}
