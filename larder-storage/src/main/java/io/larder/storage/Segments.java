package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All segments by number, and those that are free. Thread-safe.
 *
 * <p>Memory is taken when a segment is needed for the first time, as far as the {@link Ledger} allows, and given back when
 * the ledger is overdrawn.
 */
final class Segments {
    /** Heap per segment: the object, its buffer with cleaner, the table entry; rounded up. */
    static final int OVERHEAD_BYTES = 320;

    /** Kept for copying what survives when all else is taken: for small items, and at most a share of the store. */
    private static final int RESERVE_MIN = 3;

    private static final int RESERVE_SHARE = 32;

    /** While the ledger is overdrawn, one of so many segments that come free is given back even if writers wait. */
    private static final int DROP_EVERY = 3;

    private static final int LOW_WATER_SHARE = 512;

    /** The table grows by an eighth: copied for each new segment, it would cost a large store gigabytes of garbage. */
    private static final int GROWTH_SHARE = 8;

    private static final int GROWTH_MIN = 16;

    private final int segmentBytes;
    private final Ledger ledger;
    private final SegmentMemory source;
    private final ReentrantLock lock = new ReentrantLock();

    /** Number 0 is never used. Published after its segments are filled in; replaced when it grows. */
    private volatile Segment[] table;

    @GuardedBy("lock")
    private final ArrayDeque<Segment> free = new ArrayDeque<>();

    @GuardedBy("lock")
    private final ArrayDeque<Segment> absent = new ArrayDeque<>();

    @GuardedBy("lock")
    private int sinceDrop;

    private volatile int freeCount;
    private volatile Runnable lowListener = () -> {};
    private volatile int reserve = RESERVE_MIN;

    Segments(int segmentBytes, Ledger ledger, SegmentMemory source) {
        this.segmentBytes = segmentBytes;
        this.source = source;
        this.ledger = ledger;
        table = new Segment[] {new Segment(0)};
    }

    Segment at(int id) {
        return table[id];
    }

    /** All there are, number 0 included; a snapshot. */
    Segment[] all() {
        return table;
    }

    int segmentBytes() {
        return segmentBytes;
    }

    int costBytes() {
        return segmentBytes + OVERHEAD_BYTES;
    }

    /** Free ones, and those the ledger still allows for, without the reserve. */
    long available() {
        return freeCount + Math.max(0, (ledger.limit() - ledger.used()) / costBytes()) - reserve;
    }

    /** Fewer free ones than this are too few: writers would have to wait soon. */
    long lowWater() {
        return Math.max(2, ledger.limit() / costBytes() / LOW_WATER_SHARE);
    }

    /** Who is told, by the thread that takes a segment, when fewer than {@link #lowWater} are left. */
    void onLow(Runnable listener) {
        lowListener = listener;
    }

    /** After the ledger's limit became smaller. */
    void limitReserve() {
        reserve = (int) Math.max(RESERVE_MIN, Math.min(reserve, ledger.limit() / costBytes() / RESERVE_SHARE));
    }

    /** Raises the reserve so that a value of so many bytes can be copied as well, within bounds. */
    void reserveFor(int bytes) {
        long wanted = Math.min(RESERVE_MIN + bytes / segmentBytes, ledger.limit() / costBytes() / RESERVE_SHARE);
        if (wanted > reserve) {
            reserve = (int) wanted;
        }
    }

    /**
     * A free segment, or null.
     *
     * @param urgent may take the reserve: only what gives back more than it takes
     */
    @Nullable
    Segment take(boolean urgent) {
        lock.lock();
        try {
            if (available() + (urgent ? reserve : 0) <= 0) {
                return null;
            }
            Segment segment = free.pollLast(); // used last, so its memory is the warmest
            if (segment == null && ledger.tryTake(costBytes())) {
                segment = withMemory();
            }
            freeCount = free.size();
            return segment;
        } finally {
            lock.unlock();
            if (available() < lowWater()) {
                lowListener.run();
            }
        }
    }

    void giveBack(Segment segment) {
        lock.lock();
        try {
            segment.become(Segment.State.FREE);
            free.addLast(segment);
            // the others are for the writers, who would wait until the store has shrunk otherwise
            if (ledger.isOverdrawn() && ++sinceDrop >= DROP_EVERY) {
                sinceDrop = 0;
                drop();
            }
            shrink();
        } finally {
            lock.unlock();
        }
    }

    /** Gives back what is free beyond what writers need next, if the ledger is overdrawn. */
    void shrink() {
        lock.lock();
        try {
            while (ledger.isOverdrawn() && free.size() > reserve + lowWater()) {
                drop();
            }
            freeCount = free.size();
        } finally {
            lock.unlock();
        }
    }

    /** Makes segments up to a number known, without memory, and answers one of them with memory; for a store that starts. */
    Segment restore(int id) {
        lock.lock();
        try {
            while (table.length <= id) {
                grow();
            }
            Segment segment = table[id];
            absent.removeLastOccurrence(segment); // they come in order, so it is among the last
            ledger.take(costBytes());
            segment.memory = source.of(id);
            return segment;
        } finally {
            lock.unlock();
        }
    }

    /** Makes more segments known, without memory; the lowest of them is used first. */
    @GuardedBy("lock")
    private void grow() {
        int known = table.length;
        Segment[] more = Arrays.copyOf(table, known + Math.max(GROWTH_MIN, known / GROWTH_SHARE));
        for (int id = more.length - 1; id >= known; id--) {
            more[id] = new Segment(id);
            absent.addLast(more[id]);
        }
        table = more;
    }

    @GuardedBy("lock")
    private void drop() {
        Segment dropped = free.removeFirst();
        ByteBuffer memory = dropped.memory;
        dropped.memory = Segment.NO_MEMORY;
        dropped.become(Segment.State.ABSENT);
        absent.addLast(dropped);
        ledger.giveBack(costBytes());
        source.giveBack(memory);
    }

    @GuardedBy("lock")
    private Segment withMemory() {
        if (absent.isEmpty()) {
            grow();
        }
        Segment segment = absent.removeLast();
        segment.memory = source.of(segment.id);
        return segment;
    }
}
