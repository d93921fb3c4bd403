package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/** One session's announcements to {@link Epochs}: written by its thread, read by who reclaims. */
final class Guard {
    private static final long OFFLINE = 0;
    private static final VarHandle EPOCH;
    private static final VarHandle HELD;

    static {
        try {
            EPOCH = MethodHandles.lookup().findVarHandle(Guard.class, "epoch", long.class);
            HELD = MethodHandles.lookup().findVarHandle(Guard.class, "held", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final AtomicLong current;

    @SuppressWarnings("UnusedVariable") // written and read through the handle
    private volatile long epoch = OFFLINE;

    @SuppressWarnings("UnusedVariable")
    private volatile int held;

    /** The first {@link #held} count; entries change only while a call runs. Published by the write of {@link #held}. */
    private volatile int[] segments = new int[4];

    Guard(AtomicLong current) {
        this.current = current;
    }

    /** A call begins: nothing it finds from now on is used again before it ends. */
    void enter() {
        EPOCH.setOpaque(this, current.get());
        VarHandle.fullFence(); // the announcement comes before every read of the index
    }

    /** The call ends and nothing it found is read any more. */
    void leave() {
        HELD.setRelease(this, 0);
        EPOCH.setRelease(this, OFFLINE);
    }

    /** The call ends; an item in this segment stays in use until the next one. */
    void leaveHolding(int segment) {
        segments[0] = segment;
        HELD.setRelease(this, 1);
        EPOCH.setRelease(this, OFFLINE);
    }

    /** Names segments one by one before {@link #leaveHolding(int, int)}; {@code index} counts from 0. */
    void hold(int index, int segment) {
        int[] array = segments;
        if (index >= array.length) {
            array = Arrays.copyOf(array, Math.max(index + 1, 2 * array.length));
            segments = array;
        }
        array[index] = segment;
    }

    /** The call ends; items in the segments named and the last one stay in use. */
    void leaveHolding(int named, int last) {
        hold(named, last);
        HELD.setRelease(this, named + 1);
        EPOCH.setRelease(this, OFFLINE);
    }

    boolean runsSinceBefore(long other) {
        long announced = (long) EPOCH.getVolatile(this);
        return announced != OFFLINE && announced < other;
    }

    boolean holds(int segment) {
        int count = (int) HELD.getAcquire(this);
        int[] array = segments;
        for (int i = 0; i < Math.min(count, array.length); i++) {
            if (array[i] == segment) {
                return true;
            }
        }
        return false;
    }
}
