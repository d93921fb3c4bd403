package io.larder.cache;

import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** The live counters behind {@link CacheStats}. Thread-safe. */
final class Counters {
    final LongAdder nearHits = new LongAdder();
    final LongAdder otherHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder unavailable = new LongAdder();
    final LongAdder joined = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadFailures = new LongAdder();
    final LongAdder negativeLoads = new LongAdder();
    final LongAdder excusedLoads = new LongAdder();
    final LongAdder slowLoads = new LongAdder();
    final LongAdder loadNanos = new LongAdder();
    final LongAccumulator loadNanosMax = new LongAccumulator(Math::max, 0);
    final LongAdder storeFailures = new LongAdder();
    final LongAdder unreadable = new LongAdder();
    final LongAdder staleHits = new LongAdder();
    final LongAdder negativeHits = new LongAdder();
    final LongAdder refreshes = new LongAdder();
    final LongAdder refreshFailures = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder fallbacks = new LongAdder();

    /** A loader call that ended so. */
    void loaded(long nanos, LoadOutcome outcome) {
        loads.increment();
        loadNanos.add(nanos);
        loadNanosMax.accumulate(nanos);
        if (outcome != LoadOutcome.VALUE) {
            loadFailures.increment();
        }
        if (outcome == LoadOutcome.NEGATIVE) {
            negativeLoads.increment();
        } else if (outcome == LoadOutcome.EXCUSED) {
            excusedLoads.increment();
        }
    }

    /** A get that ended so; {@code near} says whether the answer was seen in this process. */
    void count(Flight.Kind kind, boolean near) {
        switch (kind) {
            case HIT -> (near ? nearHits : otherHits).increment();
            case STALE -> staleHits.increment();
            case NEGATIVE -> negativeHits.increment();
            case MISS -> misses.increment();
            case UNAVAILABLE -> unavailable.increment();
            case FALLBACK -> fallbacks.increment();
        }
    }

    CacheStats read() {
        long near = nearHits.sum();
        return new CacheStats(
                near + otherHits.sum(),
                misses.sum(),
                unavailable.sum(),
                joined.sum(),
                loads.sum(),
                loadFailures.sum(),
                Duration.ofNanos(loadNanos.sum()),
                storeFailures.sum(),
                unreadable.sum(),
                staleHits.sum(),
                negativeHits.sum(),
                refreshes.sum(),
                refreshFailures.sum(),
                timeouts.sum(),
                near,
                negativeLoads.sum(),
                excusedLoads.sum(),
                Duration.ofNanos(loadNanosMax.get()),
                slowLoads.sum(),
                fallbacks.sum());
    }
}
