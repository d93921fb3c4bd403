package io.larder.storage;

import io.larder.base.Ticker;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Items in segments outside the Java heap, found through an index of words on it.
 *
 * <p>Values are appended to segments and never change; the index says where each key's current version lies. Reads take no
 * lock. Memory comes back by whole segments: {@link Reclaimer} frees what is dead and evicts what is worth least. The bound
 * covers segments, index, ghosts and tuner ({@link Ledger}).
 *
 * <p>Thread-safe. How it works, with the formats: {@code docs/storage.md}.
 */
public final class SegmentStore implements ItemStore {
    private static final int STRIPES_MAX = 256;
    private static final int SEGMENTS_MIN = 64;
    private static final int STEPS_MAX = 100_000;
    private static final long WAIT_NANOS_MAX = 500_000_000;
    private static final long PATIENCE_NANOS = 100_000_000;
    private static final long PAUSE_NANOS = 20_000;

    final StorageConfig config;
    final long seed;
    final StoreClock clock;
    final Geometry geometry;
    final Ledger ledger;
    final Epochs epochs = new Epochs();
    final Segments segments;
    final Index index;
    final Ghosts ghosts;
    final Stripes stripes;
    final FlushCut flushed;
    final Log log;
    final Policy policy = new Policy();
    final Tuner tuner;
    final Counters.Board board = new Counters.Board();
    final Reclaimer reclaimer;

    private final Lonely tokens = new Lonely();
    private final AtomicInteger sessions = new AtomicInteger();

    private @Nullable Keeper keeper;

    /**
     * Opens an empty store with a daemon thread that reclaims ahead of the writers; {@link #close} ends it.
     *
     * @param ticker what TTLs are measured by
     */
    public static SegmentStore open(StorageConfig config, Ticker ticker) {
        SegmentStore store = new SegmentStore(config, ticker, new SecureRandom().nextLong());
        store.keeper = Keeper.start(store);
        return store;
    }

    /** Without a thread: writers reclaim, or who calls {@link #maintain}. */
    SegmentStore(StorageConfig config, Ticker ticker, long seed) {
        this.config = config;
        this.seed = seed;
        clock = new StoreClock(ticker, 0);
        geometry = Geometry.of(config.bytes(), config.writers());
        ledger = new Ledger(config.bytes());
        tuner = new Tuner(policy, ledger);
        segments = new Segments(geometry.segmentBytes(), ledger);
        Blocks blocks = new Blocks(ledger, epochs);
        index = new Index(geometry.chunks(), segments, blocks);
        ghosts = new Ghosts(index, blocks);
        stripes = new Stripes(Math.min(STRIPES_MAX, geometry.chunks()));
        flushed = new FlushCut(clock);
        log = new Log(geometry, segments, flushed);
        reclaimer = new Reclaimer(this);
    }

    @Override
    public Session session() {
        return new SegmentSession(this, sessions.getAndIncrement() % geometry.lanes());
    }

    @Override
    public StoreStats stats() {
        return new StoreStats(
                board.sum(Counters.Kind.ITEMS),
                board.sum(Counters.Kind.STORED),
                board.sum(Counters.Kind.ITEM_BYTES),
                ledger.limit(),
                board.sum(Counters.Kind.EVICTED),
                board.sum(Counters.Kind.EVICTED_UNFETCHED),
                board.sum(Counters.Kind.RECLAIMED),
                board.sum(Counters.Kind.EXPIRED_UNFETCHED));
    }

    @Override
    public int valueBytesMax() {
        return config.valueBytesMax();
    }

    /**
     * Changes the bound. Growing is immediate; to shrink, the store's thread evicts, and the JVM returns the memory when it
     * next collects. Segments keep their size: below {@value #SEGMENTS_MIN} of them there would be no order of eviction, and
     * beyond 16 times the first size the index is slower than one opened at that size.
     */
    @Override
    public void resize(long bytes) {
        long least = Math.max(2L * config.valueBytesMax(), (long) SEGMENTS_MIN * segments.costBytes());
        if (bytes < least || bytes < StorageConfig.BYTES_MIN) {
            throw new IllegalArgumentException(
                    "store cannot shrink to %d bytes: values and segments of the size it was opened with need %d; restart with the smaller size"
                            .formatted(bytes, Math.max(least, StorageConfig.BYTES_MIN)));
        }
        ledger.limit(bytes);
        segments.limitReserve();
        tuner.resized();
        if (keeper != null) {
            keeper.wake();
        }
    }

    @Override
    public ItemWalk walk() {
        return new SegmentWalk(this);
    }

    @Override
    public void close() {
        if (keeper != null) {
            keeper.close();
        }
    }

    /**
     * What the store's own thread does again and again: frees what is dead, and keeps a reserve of free segments.
     */
    void maintain() {
        reclaimer.reclaimDead();
        for (int chunk = 0; chunk < index.chunks(); chunk++) {
            stripes.lock(chunk);
            try {
                index.trim(chunk);
            } finally {
                stripes.unlock(chunk);
            }
        }
        refill();
    }

    /** Only the reserve. */
    void refill() {
        long wanted = segments.lowWater();
        while (segments.available() < wanted && reclaimer.step(wanted, true)) {
            if (segments.available() < wanted && reclaimer.hasRetired()) {
                LockSupport.parkNanos(PAUSE_NANOS); // readers go on
            }
        }
    }

    /** The CAS token of a store that happens now; never 0 in its low half. */
    long nextToken() {
        long token = tokens.increment(0) & 0xffff_ffffL;
        return token != 0 ? token : nextToken();
    }

    /**
     * Makes room for a writer, who must not be reading anything meanwhile.
     *
     * @param needed segments, at least 1
     * @return false where there is none: nothing may be evicted, or readers hold on to what was
     */
    boolean makeRoom(long needed) {
        long waitingSince = 0;
        for (int steps = 0; steps < STEPS_MAX; steps++) {
            if (segments.available() >= needed) {
                return true;
            }
            long waited = waitingSince == 0 ? 0 : System.nanoTime() - waitingSince;
            if (reclaimer.step(needed, waited < PATIENCE_NANOS)) {
                waitingSince = 0;
            } else if (!reclaimer.hasRetired()) {
                return false;
            } else if (waitingSince == 0) {
                waitingSince = System.nanoTime();
            } else if (waited > WAIT_NANOS_MAX) {
                return false;
            } else {
                LockSupport.parkNanos(PAUSE_NANOS); // a reader is in the middle of a call
            }
        }
        return false;
    }
}
