package io.larder.server;

import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.StoreMode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A session that shows no CAS tokens, as memcached with {@code -C}: each is told as 0, so that whoever compares finds that another
 * value was stored. Confined to the event loop; allocates nothing.
 */
final class TokenlessSession extends SessionAround {
    private static final long ANY = 0;

    /** No item of a store has it. */
    private static final long NONE = -1;

    private final Bare bare = new Bare();

    TokenlessSession(ItemStore.Session session) {
        super(session);
    }

    /** The item found last, without its token. */
    private static final class Bare implements ItemStore.Item {
        private ItemStore.@Nullable Item item;

        ItemStore.@Nullable Item of(ItemStore.@Nullable Item found) {
            item = found;
            return found == null ? null : this;
        }

        private ItemStore.Item item() {
            ItemStore.Item found = item;
            if (found == null) {
                throw new IllegalStateException("no item was found");
            }
            return found;
        }

        @Override
        public long cas() {
            return 0;
        }

        @Override
        public int flags() {
            return item().flags();
        }

        @Override
        public int valueBytes() {
            return item().valueBytes();
        }

        @Override
        public long bytes() {
            return item().bytes();
        }

        @Override
        public long ttlSeconds() {
            return item().ttlSeconds();
        }

        @Override
        public long idleSeconds() {
            return item().idleSeconds();
        }

        @Override
        public boolean isFetched() {
            return item().isFetched();
        }

        @Override
        public boolean isStale() {
            return item().isStale();
        }

        @Override
        public boolean isWon() {
            return item().isWon();
        }

        @Override
        public void copyValue(int from, int length, ByteBuffer target) {
            item().copyValue(from, length, target);
        }
    }

    private static long different(long cas) {
        return cas == ANY ? ANY : NONE;
    }

    @Override
    public ItemStore.@Nullable Item get(ByteBuffer key) {
        return bare.of(session.get(key));
    }

    @Override
    public ItemStore.@Nullable Item look(ByteBuffer key) {
        return bare.of(session.look(key));
    }

    @Override
    public ItemStore.@Nullable Item getAndTouch(ByteBuffer key, long ttlSeconds) {
        return bare.of(session.getAndTouch(key, ttlSeconds));
    }

    @Override
    public boolean touch(ByteBuffer key, long ttlSeconds) {
        return session.touch(key, ttlSeconds);
    }

    @Override
    public Outcome vivify(ByteBuffer key, long ttlSeconds) {
        return session.vivify(key, ttlSeconds);
    }

    @Override
    public void nextToken(long cas) {
        // items have none
    }

    @Override
    public Outcome store(StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds) {
        return session.store(mode, key, value, flags, ttlSeconds);
    }

    /** As memcached, which then compares only where a value is replaced, and looks at what is there. */
    @Override
    public Outcome compareAndStore(
            StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
        return switch (mode) {
            case ADD, APPEND, PREPEND -> session.store(mode, key, value, flags, ttlSeconds);
            case SET, REPLACE -> session.compareAndStore(mode, key, value, flags, ttlSeconds, NONE);
        };
    }

    /** No token is older than another. */
    @Override
    public Outcome compareAndStoreStale(ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
        return session.compareAndStore(StoreMode.SET, key, value, flags, ttlSeconds, NONE);
    }

    @Override
    public Outcome compareAndDelete(ByteBuffer key, long cas) {
        return session.compareAndDelete(key, different(cas));
    }

    @Override
    public Outcome markStale(ByteBuffer key, long ttlSeconds, long cas) {
        return session.markStale(key, ttlSeconds, different(cas));
    }

    @Override
    public Outcome dropValue(ByteBuffer key, int flags, long ttlSeconds, long cas, boolean stale) {
        return session.dropValue(key, flags, ttlSeconds, different(cas), stale);
    }

    @Override
    public long token() {
        return 0;
    }

    @Override
    public Outcome increment(ByteBuffer key, long delta, long cas) {
        return session.increment(key, delta, different(cas));
    }

    @Override
    public Outcome decrement(ByteBuffer key, long delta, long cas) {
        return session.decrement(key, delta, different(cas));
    }

    @Override
    public boolean delete(ByteBuffer key) {
        return session.delete(key);
    }
}
