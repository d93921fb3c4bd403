package io.larder.storage;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** One session's announcements to {@link Epochs}: written by its thread, read by who reclaims. */
final class Guard {
    private static final long OFFLINE = 0;

    /** Cells of {@link #announced}: the epoch of the call in progress, and how many segments are held. */
    private static final int EPOCH = 0;

    private static final int HELD = 1;

    private final Lonely current;
    private final Lonely announced = new Lonely();

    /** As many as held count; entries change only while a call runs. Published by the write of {@link #HELD}. */
    private volatile int[] segments = new int[4];

    Guard(Lonely current) {
        this.current = current;
    }

    /** A call begins: nothing it finds from now on is used again before it ends. */
    void enter() {
        announced.setOpaque(EPOCH, current.get(Epochs.CURRENT));
        VarHandle.fullFence(); // the announcement comes before every read of the index
    }

    /** The call ends and nothing it found is read any more. */
    void leave() {
        announced.setRelease(HELD, 0);
        announced.setRelease(EPOCH, OFFLINE);
    }

    /** The call ends; an item in this segment stays in use until the next one. */
    void leaveHolding(int segment) {
        segments[0] = segment;
        announced.setRelease(HELD, 1);
        announced.setRelease(EPOCH, OFFLINE);
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
        announced.setRelease(HELD, named + 1);
        announced.setRelease(EPOCH, OFFLINE);
    }

    boolean runsSinceBefore(long other) {
        long epoch = announced.get(EPOCH);
        return epoch != OFFLINE && epoch < other;
    }

    boolean holds(int segment) {
        int count = (int) announced.get(HELD);
        int[] array = segments;
        for (int i = 0; i < Math.min(count, array.length); i++) {
            if (array[i] == segment) {
                return true;
            }
        }
        return false;
    }
}
