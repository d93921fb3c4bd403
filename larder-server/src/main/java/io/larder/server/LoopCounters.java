package io.larder.server;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** The counts of one event loop. One thread adds, without a fence or contention; any thread may read. */
final class LoopCounters {
    private static final Counter[] COUNTERS = Counter.values();

    private final AtomicLongArray counts = new AtomicLongArray(COUNTERS.length);

    void add(Counter counter, long by) {
        int i = index(counter);
        counts.lazySet(i, counts.getPlain(i) + by);
    }

    void increment(Counter counter) {
        add(counter, 1);
    }

    /** The sums over several loops. */
    static Map<Counter, Long> sum(Iterable<LoopCounters> loops) {
        Map<Counter, Long> sums = new EnumMap<>(Counter.class);
        for (LoopCounters loop : loops) {
            for (Counter counter : COUNTERS) {
                sums.merge(counter, loop.counts.get(index(counter)), Long::sum);
            }
        }
        return sums;
    }

    @SuppressWarnings("EnumOrdinal") // an EnumMap of primitives: the array is never stored or sent
    private static int index(Counter counter) {
        return counter.ordinal();
    }
}
