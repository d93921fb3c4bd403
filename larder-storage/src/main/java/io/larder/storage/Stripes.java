package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Spin locks for writers, each guarding a share of the index's chunks. Readers take none.
 *
 * <p>A lock is held for a fraction of a microsecond, for as long as a copy of one record, or rarely for the growth of one chunk; nobody waits for
 * memory while holding one. They are not reentrant, and allocate nothing.
 */
final class Stripes {
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

    /** One lock per cache line. */
    private static final int SPREAD = 16;

    private static final int SPINS_BEFORE_YIELD = 100;

    private final int[] locks;
    private final int mask;

    /** @param count a power of two */
    Stripes(int count) {
        locks = new int[count * SPREAD];
        mask = count - 1;
    }

    @SuppressWarnings("ThreadPriorityCheck") // the owner may wait for this very core, and there is nobody to wake us
    void lock(int chunk) {
        int at = (chunk & mask) * SPREAD;
        int spins = 0;
        while ((int) INTS.getOpaque(locks, at) != 0 || !INTS.compareAndSet(locks, at, 0, 1)) {
            if (++spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    void unlock(int chunk) {
        INTS.setRelease(locks, (chunk & mask) * SPREAD, 0);
    }
}
