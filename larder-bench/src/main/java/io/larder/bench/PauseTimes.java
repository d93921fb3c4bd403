package io.larder.bench;

/**
 * Durations of calls: a histogram by the clock, and the long ones without the time in which their thread had no processor. One
 * thread writes; others read when it is done.
 */
final class PauseTimes {
    /** The limit that is set: longer ones are counted. */
    static final long LONG_NANOS = 5_000_000;

    /** Shorter calls are not looked at more closely. */
    private static final long CLOSER_NANOS = 500_000;

    /** Calls between two looks at the waiting time: what a long call is charged too much is at most the wait of so many short ones. */
    private static final int CALLS_PER_LOOK = 64;

    private static final int BUCKETS = 40;

    private final String name;
    private final WaitForCpu wait;
    private final long[] counts = new long[BUCKETS];
    private long waited;
    private int sinceLook;
    private long longest;
    private long longestOwn;
    private long overByClock;
    private long overOwn;

    PauseTimes(String name, WaitForCpu wait) {
        this.name = name;
        this.wait = wait;
        waited = wait.nanos();
    }

    void add(long nanos) {
        counts[Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(nanos))]++;
        if (nanos >= CLOSER_NANOS) {
            long before = waited;
            look();
            addLong(nanos, Math.max(0, nanos - (waited - before)));
        } else if (++sinceLook >= CALLS_PER_LOOK) {
            look();
        }
    }

    private void addLong(long nanos, long own) {
        longest = Math.max(longest, nanos);
        longestOwn = Math.max(longestOwn, own);
        overByClock += nanos > LONG_NANOS ? 1 : 0;
        overOwn += own > LONG_NANOS ? 1 : 0;
    }

    /** Waits between the calls do not belong to the next one. */
    void look() {
        waited = wait.nanos();
        sinceLook = 0;
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(name);
        for (int i = 0; i < BUCKETS; i++) {
            if (counts[i] > 0) {
                line.append(" <").append((1L << i) / 1000.0).append("us:").append(counts[i]);
            }
        }
        return line.append(
                        "%n    longest %.3f ms, over 5 ms %d; without waiting for a processor: longest %.3f ms, over 5 ms %d"
                                .formatted(longest / 1e6, overByClock, longestOwn / 1e6, overOwn))
                .toString();
    }
}
