package io.larder.server;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * How an event loop without work waits: awake for a moment, then asleep.
 *
 * <p>To sleep and be woken costs more than a short request, in time and in processor time. So a loop looks a few more times for
 * as long as that costs: at worst it then uses twice what was needed (A. Karlin et al., "Competitive randomized algorithms for
 * non-uniform problems", 1990). Where looking was in vain it is left out for a while, up to 63 times of 64, so that a quiet
 * server stays quiet. Confined to its loop.
 */
final class IdleWatch {
    private static final long AWAKE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final int VAIN_MAX = 6;

    private final boolean worthwhile;
    private int vain;
    private int skips;

    /** Asks for work without waiting; true where there is some. */
    interface Look {
        boolean look() throws IOException;
    }

    /** @param worthwhile whether there are processors enough that nobody waits for the one that stays awake */
    IdleWatch(boolean worthwhile) {
        this.worthwhile = worthwhile;
    }

    /** Whether work was found; if not, it is time to sleep. */
    @SuppressWarnings("ThreadPriorityCheck") // whom we wait for may wait for this very processor
    boolean findsWork(Look at) throws IOException {
        if (!worthwhile) {
            return false;
        }
        if (skips > 0) {
            skips--;
            return false;
        }
        if (at.look()) {
            return true; // there was no need to wait at all, which tells nothing about waiting
        }
        long end = System.nanoTime() + AWAKE_NANOS;
        do {
            Thread.yield();
            if (at.look()) {
                vain = 0;
                return true;
            }
        } while (System.nanoTime() - end < 0);
        vain = Math.min(vain + 1, VAIN_MAX);
        skips = (1 << vain) - 1;
        return false;
    }
}
