package io.larder.toolbox;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sums of the calls that ended in each of the last ten steps of time. A step is named by its number since the epoch, so that processes
 * whose clocks agree count in the same steps.
 *
 * <pre>
 *   0 number of the newest step   8 ten times calls, failed, slow, 4 bytes each
 * </pre>
 */
final class LastSteps extends OutcomeWindow {
    /** Steps looked back on. */
    static final int STEPS = 10;

    private static final int SUMS = 3;

    private final long stepMillis;
    private final int[] sums = new int[STEPS * SUMS];
    private long newest;

    LastSteps(Duration time) {
        this.stepMillis = Math.max(1, time.toMillis() / STEPS);
    }

    @Override
    void add(long nowMillis, boolean hasFailed, boolean wasSlow) {
        advance(nowMillis);
        add(Math.floorDiv(nowMillis, stepMillis), 1, hasFailed ? 1 : 0, wasSlow ? 1 : 0);
    }

    private void add(long step, int calls, int failed, int slow) {
        int at = at(step);
        sums[at] = plus(sums[at], calls);
        sums[at + 1] = plus(sums[at + 1], failed);
        sums[at + 2] = plus(sums[at + 2], slow);
    }

    private static int plus(int sum, int by) {
        return (int) Math.min((long) sum + by, Integer.MAX_VALUE / STEPS);
    }

    private static int at(long step) {
        return SUMS * (int) Math.floorMod(step, (long) STEPS);
    }

    @Override
    void advance(long nowMillis) {
        advanceTo(Math.floorDiv(nowMillis, stepMillis));
    }

    private void advanceTo(long step) {
        if (step <= newest - STEPS) {
            newest = step - STEPS; // the clock was set back by more than the window: begin anew
        }
        for (long i = Math.max(newest, step - STEPS) + 1; i <= step; i++) {
            for (int sum = 0; sum < SUMS; sum++) {
                sums[at(i) + sum] = 0;
            }
        }
        newest = Math.max(newest, step);
    }

    @Override
    void addAll(OutcomeWindow other) {
        LastSteps steps = (LastSteps) other;
        if (steps.calls() == 0) {
            return;
        }
        if (steps.newest > newest) {
            advanceTo(steps.newest);
        }
        for (long step = Math.max(steps.newest, newest) - STEPS + 1; step <= steps.newest; step++) {
            int at = at(step);
            add(step, steps.sums[at], steps.sums[at + 1], steps.sums[at + 2]);
        }
    }

    @Override
    int calls() {
        return sum(0);
    }

    @Override
    int failed() {
        return sum(1);
    }

    @Override
    int slow() {
        return sum(2);
    }

    private int sum(int which) {
        int sum = 0;
        for (int at = which; at < sums.length; at += SUMS) {
            sum += sums[at];
        }
        return sum;
    }

    @Override
    void clear() {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = 0;
        }
    }

    @Override
    int byteCount() {
        return Long.BYTES + sums.length * Integer.BYTES;
    }

    @Override
    void write(ByteBuffer out) {
        out.putLong(newest);
        for (int sum : sums) {
            out.putInt(sum);
        }
    }

    @Override
    void read(ByteBuffer in) {
        newest = in.getLong();
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Math.max(0, Math.min(in.getInt(), Integer.MAX_VALUE / STEPS));
        }
    }
}
