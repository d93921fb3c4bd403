package io.larder.bench;

import java.util.Arrays;

/**
 * Requests that go to the server in one write: at most {@value #REQUESTS_MAX}, no two of them for the same key, because a get
 * must see what the read-through of the get before it has stored.
 */
final class ReplayWindow {
    static final int REQUESTS_MAX = 128;

    /** {@code EXPIRE} is no request of the trace: it removes an item whose time is over. */
    enum Step {
        GET,
        SET,
        DELETE,
        EXPIRE
    }

    private final Step[] steps = new Step[REQUESTS_MAX];
    private final int[] items = new int[REQUESTS_MAX];
    private final int[] times = new int[REQUESTS_MAX];
    private final int[] ttls = new int[REQUESTS_MAX];
    private final boolean[] missed = new boolean[REQUESTS_MAX];
    private int count;

    boolean takes(int item) {
        if (count == REQUESTS_MAX) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (items[i] == item) {
                return false;
            }
        }
        return true;
    }

    void add(Step step, int item, int timeSeconds, int ttlSeconds) {
        steps[count] = step;
        items[count] = item;
        times[count] = timeSeconds;
        ttls[count] = ttlSeconds;
        count++;
    }

    void clear() {
        count = 0;
        Arrays.fill(missed, false);
    }

    void miss(int i) {
        missed[i] = true;
    }

    int count() {
        return count;
    }

    Step step(int i) {
        return steps[i];
    }

    int item(int i) {
        return items[i];
    }

    int timeSeconds(int i) {
        return times[i];
    }

    int ttlSeconds(int i) {
        return ttls[i];
    }

    boolean missed(int i) {
        return missed[i];
    }
}
