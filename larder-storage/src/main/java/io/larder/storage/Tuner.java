package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Chooses the policy's parameters by trying them out on a sample of the keys: six {@link MiniCache}s see the same calls, and
 * what missed least is taken over.
 *
 * <p>Miniature simulation after C. Waldspurger et al., "Cache modeling and optimization using miniature simulations" (ATC
 * 2017). The sample starts with all keys and is halved whenever a mini cache cannot remember its part, so few large items are
 * followed closely and many small ones cheaply. Thread-safe: a call that finds another thread here is not counted.
 */
final class Tuner {
    private static final double[] SHARES = {0.1, 0.25, 0.5, 0.8, 0.1, 0.5};

    /** The first so many rank by size as well. */
    private static final int WEIGHTED = 4;

    /** Of the store's bytes. */
    private static final double MEMORY_SHARE = 0.02;

    private static final int NODES_MIN = 256;
    private static final int NODES_MAX = 1 << 12;
    private static final int SAMPLE_MASK_MAX = 0xff;
    private static final int EPOCH_MIN = 500;
    private static final double DECAY = 0.75;

    /** What is not fewer misses by this share, and by so many standard deviations of a count, is taken for chance. */
    private static final double GAIN_MIN = 0.005;

    private static final double DEVIATIONS_MIN = 1.5;

    /** Share of the store that holds items, the rest being index and reserve. */
    private static final double USABLE = 0.92;

    /** Share of the store below which nothing will be evicted for long, so that there is nothing to learn yet. */
    private static final double IDLE_BELOW = 0.5;

    private final Policy policy;
    private final Ledger ledger;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final MiniCache[] minis = new MiniCache[SHARES.length];

    @GuardedBy("lock")
    private final double[] misses = new double[minis.length];

    @GuardedBy("lock")
    private final double[] recent = new double[minis.length];

    @GuardedBy("lock")
    private int current;

    @GuardedBy("lock")
    private int seen;

    /** A key counts if the sampled bits of its hash are 0 under this. */
    private volatile int sampleMask;

    private final long bytes;

    Tuner(Policy policy, Ledger ledger) {
        this.policy = policy;
        this.ledger = ledger;
        long wanted = (long) (ledger.limit() * MEMORY_SHARE) / minis.length / MiniCache.NODE_BYTES;
        int nodes = (int) Math.max(NODES_MIN, Math.min(NODES_MAX, Long.highestOneBit(Math.max(1, wanted))));
        for (int i = 0; i < minis.length; i++) {
            minis[i] = new MiniCache(nodes, share(i), isSizeWeighted(i), policy.usesToPromote());
            if (share(i) == policy.smallShare() && isSizeWeighted(i) == policy.isSizeWeighted()) {
                current = i;
            }
        }
        bytes = (long) nodes * MiniCache.NODE_BYTES * minis.length;
        ledger.take(bytes);
        reset(0);
    }

    /** Heap it has taken from the ledger. */
    long bytes() {
        return bytes;
    }

    /** Whether a call with that key is to be told here; none is while the store is not half full. */
    boolean samples(Probe probe) {
        return (probe.sample() & sampleMask) == 0 && ledger.used() >= (long) (ledger.limit() * IDLE_BELOW);
    }

    /** A read that found, or a store of what was not there. */
    void look(Probe probe, long size) {
        if (lock.tryLock()) {
            try {
                for (int i = 0; i < minis.length; i++) {
                    recent[i] += minis[i].look(probe.hash, (int) size) ? 0 : 1;
                }
                advance();
            } finally {
                lock.unlock();
            }
        }
    }

    void overwrite(Probe probe, long size) {
        if (lock.tryLock()) {
            try {
                for (MiniCache mini : minis) {
                    mini.overwrite(probe.hash, (int) size);
                }
                advance();
            } finally {
                lock.unlock();
            }
        }
    }

    void delete(Probe probe) {
        if (lock.tryLock()) {
            try {
                for (MiniCache mini : minis) {
                    mini.delete(probe.hash);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** The store has another size now. */
    void resized() {
        lock.lock();
        try {
            reset(sampleMask);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void advance() {
        for (MiniCache mini : minis) {
            if (mini.isFull() && sampleMask < SAMPLE_MASK_MAX) {
                reset(2 * sampleMask + 1);
                return;
            }
        }
        seen++;
        if (seen >= Math.max(EPOCH_MIN, 2 * minis[current].residents())) {
            seen = 0;
            choose();
        }
    }

    @GuardedBy("lock")
    private void choose() {
        int best = current;
        for (int i = 0; i < minis.length; i++) {
            misses[i] = misses[i] * DECAY + recent[i];
            recent[i] = 0;
        }
        for (int i = 0; i < minis.length; i++) {
            best = misses[i] < misses[best] ? i : best;
        }
        double gain = misses[current] - misses[best];
        if (gain <= GAIN_MIN * misses[current] + DEVIATIONS_MIN * Math.sqrt(misses[current])) {
            return;
        }
        current = best;
        policy.change(share(best), isSizeWeighted(best));
    }

    @GuardedBy("lock")
    private void reset(int mask) {
        sampleMask = mask;
        for (int i = 0; i < minis.length; i++) {
            minis[i].clear((long) (ledger.limit() * USABLE / (mask + 1)));
            recent[i] = 0;
        }
        seen = 0;
    }

    private static double share(int i) {
        return SHARES[i];
    }

    private static boolean isSizeWeighted(int i) {
        return i < WEIGHTED;
    }
}
