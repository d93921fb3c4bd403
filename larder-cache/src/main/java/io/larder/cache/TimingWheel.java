package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which entries of {@code mem:} end when, so that those whose time is over are found without a look at the others.
 *
 * <pre>
 *   slot   0     1     2           511      one a tick of about a second; after the last comes the first again
 *          │     │     │   ...     │
 *          a     d     b           c        in it what ends within that tick, in this round or a later one
 *                e
 *                ▲ hand: the first tick not visited
 * </pre>
 *
 * <p>A hashed timing wheel (Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987): adding and removing touch
 * one list, and what ends in a later round is passed by once a round, each nine minutes. Thread-safe; calls nobody while it holds
 * its lock.
 */
final class TimingWheel {
    /** Entries and slots that one {@link #takeEnded} looks at, so that no caller pays for all that ended together. */
    static final int VISITS_MAX = 1000;

    private static final int SLOTS = 512;
    private static final int TICK_SHIFT = 30; // 2^30 ns are 1.07 s

    private final ReentrantLock lock = new ReentrantLock();
    private final long originNanos;

    @GuardedBy("lock")
    private final MemoryEntry[] slots = new MemoryEntry[SLOTS]; // heads of lists

    @GuardedBy("lock")
    private final MemoryEntry visited = head(); // what is left of the slot before the hand

    @GuardedBy("lock")
    private long hand;

    private volatile long dueNanos; // when the tick of the hand is over; written under the lock

    TimingWheel(long nowNanos) {
        this.originNanos = nowNanos;
        this.dueNanos = startOf(1);
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = head();
        }
    }

    private static MemoryEntry head() {
        return new MemoryEntry("", "", true, 0);
    }

    private long startOf(long tick) {
        return originNanos + (tick << TICK_SHIFT);
    }

    private long tickOf(long nanos) {
        return (nanos - originNanos) >> TICK_SHIFT;
    }

    /** Whether {@link #takeEnded} may find something; cheap. */
    boolean isDue(long nowNanos) {
        return nowNanos - dueNanos >= 0;
    }

    /** Puts an entry on, unless it has been taken off meanwhile. */
    void add(MemoryEntry entry) {
        lock.lock();
        try {
            link(entry);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void link(MemoryEntry entry) {
        long tick = Math.max(hand, tickOf(entry.deadlineNanos));
        entry.insertAtEndOf(slots[(int) (tick & (SLOTS - 1))]);
    }

    /** Takes an entry off, for good. */
    void remove(MemoryEntry entry) {
        lock.lock();
        try {
            entry.takeOff();
        } finally {
            lock.unlock();
        }
    }

    /** Takes off entries whose time is over, and goes on there with the next call if that is not all. */
    List<MemoryEntry> takeEnded(long nowNanos) {
        List<MemoryEntry> ended = new ArrayList<>();
        lock.lock();
        try {
            for (int visits = 0; visits < VISITS_MAX; visits++) {
                if (!visited.isEmptyList()) {
                    visit(visited.first(), nowNanos, ended);
                } else if (!turn(tickOf(nowNanos))) {
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        return ended;
    }

    @GuardedBy("lock")
    private void visit(MemoryEntry entry, long nowNanos, List<MemoryEntry> ended) {
        if (entry.hasEnded(nowNanos)) {
            entry.takeOff();
            ended.add(entry);
        } else {
            entry.unlink();
            link(entry);
        }
    }

    /** Goes on to the next slot whose tick is over; false if there is none. */
    @GuardedBy("lock")
    private boolean turn(long nowTick) {
        if (hand >= nowTick) {
            dueNanos = startOf(hand + 1);
            return false;
        }
        hand = Math.max(hand, nowTick - SLOTS); // after a long rest, each slot once
        visited.takeAllOf(slots[(int) (hand & (SLOTS - 1))]);
        hand++;
        return true;
    }
}
