package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A fixed block of memory, appended to by any number of threads, then sealed, and one day drained and used again.
 *
 * <pre>
 *  FREE --open--> OPEN --seal--> SEALED --drain--> DRAINING --> RETIRED --readers gone--> FREE (or ABSENT, given back)
 * </pre>
 *
 * <p>Thread-safe. The tail holds the append offset, the number of writers that have room but have not published yet, and
 * the seal, so that one swap takes room and announces the writer. A sealed segment without writers changes no more, except
 * for the words an item may change in place.
 */
final class Segment {
    enum State {
        ABSENT,
        FREE,
        OPEN,
        SEALED,
        DRAINING,
        RETIRED
    }

    /** The word at a byte offset that is a multiple of 4, in a direct buffer. */
    static final VarHandle WORDS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    static final ByteBuffer NO_MEMORY = ByteBuffer.allocateDirect(0);

    private static final long ONE_WRITER = 1L << 32;
    private static final long SEAL = 1L << 62;
    private static final long WRITERS_MASK = SEAL - ONE_WRITER;
    private static final long ONE_ITEM = 1L << 32;

    private static final VarHandle TAIL;
    private static final VarHandle LIVE;
    private static final VarHandle LAST_DEADLINE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TAIL = lookup.findVarHandle(Segment.class, "tail", long.class);
            LIVE = lookup.findVarHandle(Segment.class, "live", long.class);
            LAST_DEADLINE = lookup.findVarHandle(Segment.class, "lastDeadline", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int id;

    /** Set while no item points here, published with the slot of the first item. */
    ByteBuffer memory = NO_MEMORY;

    /** Second of the store's clock to which expiry and access times are relative. Set by {@link #open}. */
    long baseSeconds;

    /** Counts openings over the whole store: the age of the segment, and what a flush compares. Set by {@link #open}. */
    long order;

    /** The sizes of its items ({@link Worth#band}). Set by {@link #open}. */
    int band;

    int lifetime;

    /** Of the store when it was opened ({@link Worth}). Set by {@link #open}. */
    double inflation;

    /** Epoch after which no reader can know this segment. Owned by the reclaimer. */
    long retiredEpoch;

    private volatile State state = State.ABSENT;
    private volatile long tail;
    private volatile long live;
    private volatile long lastDeadline;

    Segment(int id) {
        this.id = id;
    }

    /** What an image keeps of a sealed segment. */
    void saveTo(ByteBuffer header) {
        header.putInt(SegmentHeader.NUMBER, id);
        header.putLong(SegmentHeader.ORDER, order);
        header.putLong(SegmentHeader.BASE_SECONDS, baseSeconds);
        header.putInt(SegmentHeader.WRITTEN_BYTES, writtenBytes());
        header.putLong(SegmentHeader.LIVE, live);
        header.putLong(SegmentHeader.LAST_DEADLINE, lastDeadline);
        header.put(SegmentHeader.BAND, (byte) band);
        header.put(SegmentHeader.LIFETIME, (byte) lifetime);
        header.putDouble(SegmentHeader.INFLATION, inflation);
    }

    /** What {@link #saveTo} wrote, but for the number; the segment is sealed then. */
    void loadFrom(ByteBuffer header) {
        order = header.getLong(SegmentHeader.ORDER);
        baseSeconds = header.getLong(SegmentHeader.BASE_SECONDS);
        tail = header.getInt(SegmentHeader.WRITTEN_BYTES) | SEAL;
        live = header.getLong(SegmentHeader.LIVE);
        lastDeadline = header.getLong(SegmentHeader.LAST_DEADLINE);
        band = header.get(SegmentHeader.BAND);
        lifetime = header.get(SegmentHeader.LIFETIME);
        inflation = header.getDouble(SegmentHeader.INFLATION);
        state = State.SEALED;
    }

    State state() {
        return state;
    }

    void become(State next) {
        state = next;
    }

    /** Makes a free segment ready for appending; the caller publishes it. */
    void open(int sizeBand, int lifetimeClass, long nowSeconds, long opened, double storeInflation) {
        band = sizeBand;
        lifetime = lifetimeClass;
        baseSeconds = nowSeconds;
        order = opened;
        inflation = storeInflation;
        lastDeadline = 0;
        live = 0;
        tail = 0;
        state = State.OPEN;
    }

    /**
     * Takes room for one record and counts a writer, who must call {@link #writerDone}.
     *
     * @param bytesMin least that is of use, a multiple of 4
     * @param bytesMax most that is of use, a multiple of 4
     * @return the record's offset in the upper half and the bytes taken in the lower, or -1 where it does not fit any more
     */
    long take(int bytesMin, int bytesMax) {
        while (true) {
            long seen = tail;
            int offset = (int) seen;
            int room = memory.capacity() - offset;
            if ((seen & SEAL) != 0 || bytesMin > room) {
                return -1;
            }
            int bytes = Math.min(bytesMax, room);
            if (TAIL.compareAndSet(this, seen, seen + bytes + ONE_WRITER)) {
                return (long) offset << 32 | bytes;
            }
        }
    }

    void writerDone() {
        TAIL.getAndAdd(this, -ONE_WRITER);
    }

    void seal() {
        TAIL.getAndBitwiseOr(this, SEAL);
        state = State.SEALED;
    }

    boolean hasWriters() {
        return (tail & WRITERS_MASK) != 0;
    }

    /** Bytes appended. */
    int writtenBytes() {
        return (int) tail;
    }

    void addLive(int records, int bytes) {
        LIVE.getAndAdd(this, records * ONE_ITEM + bytes);
    }

    /** Takes away what {@link #addLive} added; answers whether nothing alive is left in a segment that gets nothing new. */
    boolean addDead(int records, int bytes) {
        long gone = records * ONE_ITEM + bytes;
        return (long) LIVE.getAndAdd(this, -gone) == gone && state == State.SEALED;
    }

    int liveRecords() {
        return (int) (live >>> 32);
    }

    int liveBytes() {
        return (int) live;
    }

    /** The latest deadline of an item here, {@code Long.MAX_VALUE} if one never expires. */
    long lastDeadline() {
        return lastDeadline;
    }

    /** Whether there have been items and the last of them is over. */
    boolean hasExpired(long nowSeconds) {
        long last = lastDeadline;
        return last != 0 && last <= nowSeconds;
    }

    void raiseLastDeadline(long deadline) {
        long seen = lastDeadline;
        while (deadline > seen && !LAST_DEADLINE.compareAndSet(this, seen, deadline)) {
            seen = lastDeadline;
        }
    }
}
