package io.larder.client;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a writer does who lost a race for a key: twice nothing, then a random pause that doubles, so that one gets through. */
final class Contention {
    static final int ATTEMPTS_MAX = 64;

    private static final int ATTEMPTS_WITHOUT_PAUSE = 2;
    private static final int DOUBLINGS_MAX = 6;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private Contention() {}

    /** Pauses after the attempt of this number, the first being 1. */
    static void pause(int attempt, Deadline deadline) {
        int doublings = attempt - ATTEMPTS_WITHOUT_PAUSE;
        if (doublings <= 0) {
            return;
        }
        long most = Math.min(PAUSE_NANOS << Math.min(doublings, DOUBLINGS_MAX), deadline.leftNanos());
        if (most > 0) {
            LockSupport.parkNanos(Contention.class, ThreadLocalRandom.current().nextLong(most));
        }
    }
}
