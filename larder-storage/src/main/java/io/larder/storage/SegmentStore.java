package io.larder.storage;

import io.larder.base.Ticker;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Items in segments outside the Java heap, found through an index of words there.
 *
 * <p>Values are appended to segments and never change; the index says where each key's current version lies. Reads take no
 * lock. Memory comes back by whole segments: {@link Reclaimer} frees what is dead and evicts what is worth least. The bound
 * covers segments and index ({@link Ledger}).
 *
 * <p>Thread-safe. How it works, with the formats: {@code docs/storage.md}.
 */
public final class SegmentStore implements ItemStore {
    private static final int STRIPES_MAX = 256;
    private static final int SEGMENTS_MIN = 64;
    private static final int STEPS_MAX = 100_000;
    private static final int DIED_BATCH = 8;

    /** Another thread may free between two looks what the first look missed. */
    private static final int VAIN_MAX = 3;

    private static final long WAIT_NANOS_MAX = 1_000_000_000;
    private static final long PATIENCE_NANOS = 100_000_000;
    private static final long PAUSE_NANOS = 20_000;

    final StorageConfig config;
    final StoreClock clock;
    final Geometry geometry;
    final Ledger ledger;
    final Epochs epochs = new Epochs();
    final DirectMemory memory;
    final Segments segments;
    final Blocks blocks;
    final Index index;
    final Stripes stripes;
    final FlushCut flushed;
    final Log log;
    final Worth worth = new Worth();
    final Counters.Board board = new Counters.Board();
    final Reclaimer reclaimer;

    private final Lonely tokens = new Lonely();
    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger died = new AtomicInteger();

    /** Of the hash; a store that starts with an image takes over that of the image. */
    long seed;

    /** Who is shown what is evicted. */
    volatile ItemWalk.@Nullable Visitor evictions;

    /** Of the item evicted last: written by who evicts, for who asks. */
    volatile long evictedIdleSeconds;

    private final @Nullable StoreFile file;
    private final @Nullable StoreImage image;
    private final LongSupplier wallMillis;
    private @Nullable Keeper keeper;
    private boolean saved;

    /**
     * Opens a store with a daemon thread that reclaims ahead of the writers; {@link #close} ends it.
     *
     * <p>It is empty, unless its file was left by an orderly {@link #close}: then it holds what it held, less what has expired
     * meanwhile by the wall clock. After a kill it is empty.
     *
     * @param ticker what TTLs are measured by
     * @throws StoreFileException if the file is in use, of another version or size, or no store's at all
     */
    public static SegmentStore open(StorageConfig config, Ticker ticker) {
        SegmentStore store = new SegmentStore(config, ticker, new SecureRandom().nextLong());
        store.keeper = Keeper.start(store);
        return store;
    }

    /** Without a thread: writers reclaim, or who calls {@link #maintain}. */
    SegmentStore(StorageConfig config, Ticker ticker, long seed) {
        this(config, ticker, seed, System::currentTimeMillis);
    }

    SegmentStore(StorageConfig config, Ticker ticker, long seed, LongSupplier wallMillis) {
        this.config = config;
        this.wallMillis = wallMillis;
        this.seed = seed;
        clock = new StoreClock(ticker);
        geometry = Geometry.of(config.bytes(), config.valueBytesMax(), config.writers());
        ledger = new Ledger(config.bytes());
        Path path = config.file();
        file = path == null ? null : StoreFile.open(path, geometry.segmentBytes(), config.bytes(), seed);
        image = path == null || file == null ? null : new StoreImage(path, file.id());
        memory = new DirectMemory(geometry.segmentBytes(), ledger);
        segments = new Segments(geometry.segmentBytes(), ledger, file == null ? memory : file);
        blocks = new Blocks(memory, ledger, epochs);
        index = new Index(geometry.chunks(), segments, blocks);
        stripes = new Stripes(Math.min(STRIPES_MAX, geometry.chunks()));
        flushed = new FlushCut(clock);
        log = new Log(geometry, segments, flushed, worth);
        if (file != null && image != null) {
            load(image, file);
        }
        reclaimer = new Reclaimer(this);
    }

    private void load(StoreImage from, StoreFile opened) {
        try {
            from.load(this, wallMillis.getAsLong());
        } catch (StoreFileException e) {
            opened.close(); // whoever mends the cause opens it again
            throw e;
        }
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
                board.sum(Counters.Kind.EVICTED_MORTAL),
                evictedIdleSeconds,
                board.sum(Counters.Kind.RECLAIMED),
                board.sum(Counters.Kind.EXPIRED_UNFETCHED),
                board.sum(Counters.Kind.FOUND_EXPIRED),
                board.sum(Counters.Kind.FOUND_FLUSHED),
                board.sum(Counters.Kind.COPIED_BYTES));
    }

    @Override
    public StoreMemory memory() {
        return StoreMemory.of(this);
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
        segments.shrink();
        memory.drop();
        if (keeper != null) {
            keeper.wake();
        }
    }

    @Override
    public void onEviction(ItemWalk.@Nullable Visitor visitor) {
        evictions = visitor;
    }

    @Override
    public ItemWalk walk() {
        return new SegmentWalk(this);
    }

    /** Ends the store's thread and, with a file, keeps what there is for the next start; all sessions are at rest. */
    @Override
    public void close() {
        if (keeper != null) {
            keeper.close();
        }
        if (file != null && image != null && !saved) {
            saved = true;
            reclaimer.finish(); // the image speaks of full segments only
            log.sealAll();
            file.force(); // what the image speaks of must be there before the image is
            image.save(this, wallMillis.getAsLong());
            file.close();
        }
    }

    /** The last token given. */
    long lastToken() {
        return tokens.get(0);
    }

    /** Goes on behind the tokens of items that came from a file. */
    void startTokensAfter(long token) {
        tokens.setRelease(0, token);
    }

    /**
     * What the store's own thread does again and again: frees what is dead, and keeps a reserve of free segments.
     */
    void maintain() {
        log.sealExpired(clock.seconds());
        reclaimAllDead();
        blocks.gather();
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

    /**
     * Told by whoever took the last live record out of a full segment. A few of them are worth waking the store's thread: keys
     * written over and over then go round in little memory, which the processor's caches hold.
     */
    void segmentDied() {
        if (died.incrementAndGet() == DIED_BATCH && keeper != null) {
            keeper.wake();
        }
    }

    /** Frees the segments that died since, if they are worth it. */
    void reclaimDied() {
        if (died.get() >= DIED_BATCH) {
            died.set(0);
            reclaimAllDead();
        }
    }

    private void reclaimAllDead() {
        boolean more = true;
        while (more) {
            more = reclaimer.reclaimDead();
        }
    }

    /** Only the reserve. */
    void refill() {
        long wanted = segments.lowWater();
        while ((segments.available() < wanted || ledger.isOverdrawn())
                && reclaimer.slice(ledger.isOverdrawn() ? Long.MAX_VALUE : wanted, true)) {
            if (segments.available() < wanted && reclaimer.hasRetired() && !reclaimer.isUnderWay()) {
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
        int vain = 0;
        for (int steps = 0; steps < STEPS_MAX; steps++) {
            if (segments.available() >= needed) {
                return true;
            }
            long waited = waitingSince == 0 ? 0 : System.nanoTime() - waitingSince;
            if (reclaimer.step(needed, waited < PATIENCE_NANOS)) {
                waitingSince = 0;
                vain = 0;
            } else if (reclaimer.hasRetired()) {
                if (waited > WAIT_NANOS_MAX) {
                    return false;
                }
                waitingSince = waitingSince == 0 ? System.nanoTime() : waitingSince;
                LockSupport.parkNanos(PAUSE_NANOS); // a reader is in the middle of a call
            } else if (++vain == VAIN_MAX) {
                return false;
            }
        }
        return false;
    }
}
