package io.larder.storage;

import java.util.Arrays;

/**
 * Tells when memory that was unlinked can have no reader any more. Thread-safe.
 *
 * <p>Epoch-based reclamation after K. Fraser, "Practical lock-freedom" (2004), with hazard pointers (M. Michael, 2004) for
 * what outlives a call: each session announces the epoch when a call begins and takes it back when it ends, and what the
 * call handed out stays named by its segments. Memory unlinked before {@link #advance} may be used again once no session
 * shows an older epoch, nor names the segment. So a session idle between two calls, even with an item in hand, keeps back
 * that item's segments only.
 */
final class Epochs {
    static final int CURRENT = 0;

    private final Lonely current = new Lonely();
    private volatile Guard[] guards = {};

    Epochs() {
        current.increment(CURRENT); // 0 is nobody's epoch
    }

    synchronized Guard open() {
        Guard guard = new Guard(current);
        Guard[] more = Arrays.copyOf(guards, guards.length + 1);
        more[guards.length] = guard;
        guards = more;
        return guard;
    }

    synchronized void close(Guard closed) {
        guards = Arrays.stream(guards).filter(guard -> guard != closed).toArray(Guard[]::new);
    }

    /** Begins an epoch: who announces it sees all that was unlinked before. */
    long advance() {
        return current.increment(CURRENT);
    }

    /** Whether no call that began before the epoch is still running. */
    boolean passed(long epoch) {
        for (Guard guard : guards) {
            if (guard.runsSinceBefore(epoch)) {
                return false;
            }
        }
        return true;
    }

    /** Whether nobody can read a segment that was unlinked before the epoch began. */
    boolean passed(long epoch, int segment) {
        for (Guard guard : guards) {
            // in this order: a call names what it hands out before it ends
            if (guard.runsSinceBefore(epoch) || guard.holds(segment)) {
                return false;
            }
        }
        return true;
    }
}
