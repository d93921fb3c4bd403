package io.larder.storage;

import io.larder.base.Ticker;
import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Items on the Java heap, least recently used evicted first.
 *
 * <p>Keys are spread over stripes by hash. A stripe is one lock, one table, one list in order of use, and its share of the
 * bound. Values are arrays that never change once stored, so a reader may hold one while its key gets another.
 */
public final class LruStore implements ItemStore {
    /** A stripe has at least this much, so that in a small store the order of use is that of the whole store. */
    private static final long STRIPE_BYTES_MIN = 32L << 20;

    private static final int LARGEST_VALUES_PER_STRIPE = 16;
    private static final int STRIPES_MAX = 64;

    private final StorageConfig config;
    private final FlushMark flushMark;
    private final LruStripe[] stripes;

    /** Opens an empty store. */
    public LruStore(StorageConfig config, Ticker ticker) {
        this.config = config;
        this.flushMark = new FlushMark(ticker);
        long stripeBytesMin = Math.max(STRIPE_BYTES_MIN, (long) LARGEST_VALUES_PER_STRIPE * config.valueBytesMax());
        long count = Math.max(1, Math.min(STRIPES_MAX, config.bytes() / stripeBytesMin));
        stripes = new LruStripe[Integer.highestOneBit((int) count)];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new LruStripe(config.bytes() / stripes.length, config.valueBytesMax(), ticker, flushMark);
        }
    }

    @Override
    public Session session() {
        return new LruSession();
    }

    @Override
    public StoreStats stats() {
        StoreStats sum = stripes[0].stats();
        for (int i = 1; i < stripes.length; i++) {
            sum = sum.plus(stripes[i].stats());
        }
        return sum;
    }

    @Override
    public int valueBytesMax() {
        return config.valueBytesMax();
    }

    @Override
    public void close() {
        for (LruStripe stripe : stripes) {
            stripe.clear();
        }
    }

    /** Murmur3's finalizer over a polynomial of the bytes: spreads keys that differ in one digit. */
    static int hash(ByteBuffer key) {
        int h = 1;
        for (int i = key.position(), end = key.limit(); i < end; i++) {
            h = 31 * h + key.get(i);
        }
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        return h ^ (h >>> 16);
    }

    private LruStripe stripe(int hash) {
        return stripes[(hash >>> 26) & (stripes.length - 1)]; // the table of a stripe uses the low bits
    }

    /** Holds what was found last, taken under the stripe's lock, so that the parts belong together. */
    private final class LruSession implements Session {
        private final LruItem shown = new LruItem();
        private long counter;

        @Override
        public @Nullable Item get(ByteBuffer key) {
            int hash = hash(key);
            return stripe(hash).get(key, hash, shown) ? shown : null;
        }

        @Override
        public @Nullable Item getAndTouch(ByteBuffer key, long ttlSeconds) {
            int hash = hash(key);
            return stripe(hash).touch(key, hash, ttlSeconds, shown) ? shown : null;
        }

        @Override
        public boolean touch(ByteBuffer key, long ttlSeconds) {
            int hash = hash(key);
            return stripe(hash).touch(key, hash, ttlSeconds, shown);
        }

        @Override
        public Outcome store(StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds) {
            int hash = hash(key);
            LruStripe stripe = stripe(hash);
            if (value.remaining() > config.valueBytesMax()) {
                if (mode == StoreMode.SET) {
                    stripe.delete(key, hash);
                }
                return Outcome.TOO_LARGE;
            }
            byte[] bytes = copy(value);
            return mode == StoreMode.APPEND || mode == StoreMode.PREPEND
                    ? stripe.extend(key, hash, bytes, mode)
                    : stripe.store(key, hash, bytes, mode, flags, ttlSeconds);
        }

        @Override
        public Outcome compareAndStore(ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
            if (value.remaining() > config.valueBytesMax()) {
                return Outcome.TOO_LARGE;
            }
            int hash = hash(key);
            return stripe(hash).compareAndStore(key, hash, copy(value), flags, ttlSeconds, cas);
        }

        @Override
        public Outcome increment(ByteBuffer key, long delta) {
            return count(key, old -> old + delta);
        }

        @Override
        public Outcome decrement(ByteBuffer key, long delta) {
            return count(key, old -> Long.compareUnsigned(delta, old) > 0 ? 0 : old - delta);
        }

        private Outcome count(ByteBuffer key, LongUnaryOperator change) {
            int hash = hash(key);
            Outcome outcome = stripe(hash).count(key, hash, change, shown);
            if (outcome == Outcome.STORED) {
                counter = Decimal.parse(shown.value());
            }
            return outcome;
        }

        @Override
        public long counter() {
            return counter;
        }

        @Override
        public boolean delete(ByteBuffer key) {
            int hash = hash(key);
            return stripe(hash).delete(key, hash);
        }

        @Override
        public void flush(long delaySeconds) {
            flushMark.set(delaySeconds);
        }

        @Override
        public void quiesce() {
            shown.forget();
        }

        @Override
        public void close() {
            shown.forget();
        }
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy;
    }
}
