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
                unreadable.sum());
    }
}
