package io.larder.storage;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded store of items, shared by all event loops.
 *
 * <p>The store itself is thread-safe; work goes through a {@link Session}, one for each thread. Items that no longer fit
 * make room for new ones, the least useful first; an item past its TTL is never seen again.
 */
public interface ItemStore extends AutoCloseable {
    /** Longest key, in bytes. */
    int KEY_BYTES_MAX = 250;

    /** In place of a TTL: leave it as it is. */
    long KEEP_TTL = Long.MIN_VALUE;

    /** Opens a session for the calling thread. Close it when the thread ends. */
    Session session();

    /** Counters at this moment. */
    StoreStats stats();

    /** Where the memory goes at this moment; looks at every segment. */
    StoreMemory memory();

    /** The largest value accepted, in bytes. */
    int valueBytesMax();

    /**
     * Changes the bound at run time. A smaller one is reached by and by, evicting beside traffic.
     *
     * @throws IllegalArgumentException if the largest value or too few segments would fit; nothing changes then
     */
    void resize(long bytes);

    /**
     * Shows every item that is evicted from now on, on the thread that evicts, which waits meanwhile; replaces whoever was shown
     * them before.
     *
     * @param visitor must be quick and not call the store; null for nobody, which costs nothing
     */
    void onEviction(ItemWalk.@Nullable Visitor visitor);

    /** Begins to walk over the live items, in no order, beside traffic. */
    ItemWalk walk();

    /** Forgets everything that is not in a file. Sessions must not be used afterwards. */
    @Override
    void close();

    /**
     * One thread's access to the store.
     *
     * <p>Confined to its thread. Keys are the bytes between position and limit, 1 to {@value #KEY_BYTES_MAX} of them, any
     * values; positions and limits of arguments are left as they were. A TTL is in seconds: 0 never expires, a negative
     * one is over at once; an item is gone when its TTL has passed, and not more than one second before.
     *
     * <p>An {@link Item} handed out stays readable and unchanged until the next call on this session, whatever other
     * threads do to its key meanwhile.
     */
    interface Session extends AutoCloseable {
        /** Finds an item and counts the use. */
        @Nullable
        Item get(ByteBuffer key);

        /** Finds an item without counting the use. */
        @Nullable
        Item look(ByteBuffer key);

        /**
         * Asks to be the one that loads anew the item found last: yes for the first who asks, until the item is stored or
         * marked stale again.
         */
        boolean win();

        /**
         * Puts an empty item where nothing is, won by its maker from the start: nobody can see it otherwise.
         *
         * @return {@link Outcome#STORED} if it was made, {@link Outcome#NOT_STORED} if there is an item already
         */
        Outcome vivify(ByteBuffer key, long ttlSeconds);

        /**
         * The token that the next call that stores, counts or marks gives the item, in place of one of the store's own.
         *
         * @param cas 0 for the store's own
         */
        void nextToken(long cas);

        /**
         * Like {@link #compareAndStore}, but if the item was stored later than {@code cas}, which is lower than its token,
         * the value is stored all the same and marked stale, with the TTL the item had.
         */
        Outcome compareAndStoreStale(ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas);

        /** Removes an item if its token is still {@code cas}: {@code STORED} (it is gone), {@code EXISTS}, {@code NOT_FOUND}. */
        Outcome compareAndDelete(ByteBuffer key, long cas);

        /**
         * Marks an item stale, with a new token, so that readers get it and the first is asked to load it anew.
         *
         * @param ttlSeconds as for a store, or {@link ItemStore#KEEP_TTL}
         * @param cas only if the token is still this; 0 for any
         * @return {@code STORED}, {@code EXISTS}, {@code NOT_FOUND} or {@code NO_MEMORY}
         */
        Outcome markStale(ByteBuffer key, long ttlSeconds, long cas);

        /**
         * Drops the value of an item and keeps the item: empty, with these flags and this TTL, won by nobody.
         *
         * @param cas only if the token is still this; 0 for any
         * @param stale whether it is marked stale besides, with a new token; otherwise the token stays
         * @return {@code STORED}, {@code EXISTS}, {@code NOT_FOUND} or {@code NO_MEMORY}
         */
        Outcome dropValue(ByteBuffer key, int flags, long ttlSeconds, long cas, boolean stale);

        /** Finds an item and gives it a new TTL; its CAS token stays. */
        @Nullable
        Item getAndTouch(ByteBuffer key, long ttlSeconds);

        /** Gives an item a new TTL. */
        boolean touch(ByteBuffer key, long ttlSeconds);

        /**
         * Stores by the rule of {@code mode}. Append and prepend keep flags and TTL of the item they extend.
         *
         * @return {@code STORED}, {@code NOT_STORED} where the mode's condition does not hold, {@code TOO_LARGE} (a
         *     {@code SET} then removes what was there, so that no old value survives a newer one) or {@code NO_MEMORY}
         */
        Outcome store(StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds);

        /**
         * Stores by the rule of {@code mode} if the item's CAS token is still {@code cas}: {@code STORED}, {@code EXISTS} or
         * {@code NOT_FOUND}.
         */
        Outcome compareAndStore(StoreMode mode, ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas);

        /** Sets if the item's CAS token is still {@code cas}: {@code STORED}, {@code EXISTS} or {@code NOT_FOUND}. */
        default Outcome compareAndStore(ByteBuffer key, ByteBuffer value, int flags, long ttlSeconds, long cas) {
            return compareAndStore(StoreMode.SET, key, value, flags, ttlSeconds, cas);
        }

        /** The token of the item that the last call which stored, counted or marked has written. */
        long token();

        /**
         * Adds to a decimal counter, wrapping at 2^64; the result is {@link #counter()}.
         *
         * @return {@code STORED}, {@code NOT_FOUND}, or {@code NOT_NUMERIC}
         */
        default Outcome increment(ByteBuffer key, long delta) {
            return increment(key, delta, 0);
        }

        /** Like {@link #increment(ByteBuffer, long)}, if the token is still {@code cas}, else {@code EXISTS}; 0 for any. */
        Outcome increment(ByteBuffer key, long delta, long cas);

        /** Like {@link #increment}, but subtracts and stops at 0; the stored text keeps its length, padded with blanks. */
        default Outcome decrement(ByteBuffer key, long delta) {
            return decrement(key, delta, 0);
        }

        /** Like {@link #decrement(ByteBuffer, long)}, if the token is still {@code cas}, else {@code EXISTS}; 0 for any. */
        Outcome decrement(ByteBuffer key, long delta, long cas);

        /** The unsigned result of the last successful {@link #increment} or {@link #decrement}. */
        long counter();

        /** Removes an item. */
        boolean delete(ByteBuffer key);

        /**
         * Makes everything stored until then invisible, now or after a delay. A later call replaces a pending one.
         *
         * @param delaySeconds 0 or less for now
         */
        void flush(long delaySeconds);

        /**
         * Begins a batch: until the next call of this or of {@link #quiesce}, all calls happen at the same second, and memory
         * that other threads free comes back only afterwards. Calls cost less in a batch; keep it below some milliseconds.
         */
        void beginBatch();

        /**
         * Says that no item handed out is in use any more, and ends the batch if there is one: call it at the end of each
         * batch of requests.
         */
        void quiesce();

        @Override
        void close();
    }

    /** What was found. Valid until the next call on the session that handed it out. */
    interface Item {
        /** The client's flags, as stored. */
        int flags();

        /** The CAS token, different after each store. */
        long cas();

        /** Size of the value in bytes. */
        int valueBytes();

        /** Bytes it takes with key and header: of what {@link StoreStats#bytes} counts, its part. */
        long bytes();

        /** Seconds left, rounded up to the whole second of the deadline; -1 for an item that never expires. */
        long ttlSeconds();

        /**
         * Seconds since the last use, or the store if there was none: exact for items stored within about the last hour, for
         * older ones too many by at most 1/2048 of their age.
         */
        long idleSeconds();

        /** Whether it was read before the call that shows it. */
        boolean isFetched();

        /** Whether it was marked stale. */
        boolean isStale();

        /** Whether somebody has won the right to load it anew. */
        boolean isWon();

        /** Copies value bytes {@code from} to {@code from + length} to the target's position, which moves on. */
        void copyValue(int from, int length, ByteBuffer target);
    }
}
