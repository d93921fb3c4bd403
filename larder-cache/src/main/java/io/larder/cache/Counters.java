package io.larder.cache;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** The live counters behind {@link CacheStats}. Thread-safe. */
final class Counters {
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder unavailable = new LongAdder();
    final LongAdder joined = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadFailures = new LongAdder();
    final LongAdder loadNanos = new LongAdder();
    final LongAdder storeFailures = new LongAdder();
    final LongAdder unreadable = new LongAdder();
    final LongAdder staleHits = new LongAdder();
    final LongAdder negativeHits = new LongAdder();
    final LongAdder refreshes = new LongAdder();
    final LongAdder refreshFailures = new LongAdder();
    final LongAdder timeouts = new LongAdder();

    /** A loader call that ended so. */
    void loaded(long nanos, LoadOutcome outcome) {
        loads.increment();
        loadNanos.add(nanos);
        if (outcome != LoadOutcome.VALUE) {
            loadFailures.increment();
        }
    }

    /** A get that ended so. */
    void count(Flight.Kind kind) {
        switch (kind) {
            case HIT -> hits.increment();
            case STALE -> staleHits.increment();
            case NEGATIVE -> negativeHits.increment();
            case MISS -> misses.increment();
            case UNAVAILABLE -> unavailable.increment();
        }
    }

    CacheStats read() {
        return new CacheStats(
                hits.sum(),
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
                timeouts.sum());
    }
}
