package io.larder.toolbox;

import io.larder.cache.spi.Host;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the limits and locks of one Larder count, those of the same keys and policy together, wherever they were made. Of a program
 * that makes them without end only the first are listed. Thread-safe.
 */
final class Tallies {
    private static final int LISTED_MAX = 1000;

    private final ConcurrentMap<Id, OfLimit> limits = new ConcurrentHashMap<>();
    private final ConcurrentMap<Id, OfLock> locks = new ConcurrentHashMap<>();

    private record Id(String shape, Record policy) {}

    /** Of one limit. */
    static final class OfLimit {
        final LongAdder allowed = new LongAdder();
        final LongAdder uncounted = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder storeFailures = new LongAdder();
        private final String template;
        private final RateLimit limit;

        OfLimit(String template, RateLimit limit) {
            this.template = template;
            this.limit = limit;
        }

        Admission counted(Admission admission) {
            if (admission instanceof Admission.Allowed passed) {
                allowed.increment();
                if (!passed.isCounted()) {
                    uncounted.increment();
                }
            } else {
                refused.increment();
            }
            return admission;
        }

        LimitStats stats() {
            return new LimitStats(template, limit, allowed.sum(), uncounted.sum(), refused.sum(), storeFailures.sum());
        }
    }

    /** Of one lock. */
    static final class OfLock {
        final LongAdder acquired = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder lost = new LongAdder();
        final LongAdder storeFailures = new LongAdder();
        private final LongAdder waited = new LongAdder();
        private final LongAdder waitNanos = new LongAdder();
        private final String template;
        private final LockPolicy policy;

        OfLock(String template, LockPolicy policy) {
            this.template = template;
            this.policy = policy;
        }

        void waited(long nanos) {
            waited.increment();
            waitNanos.add(nanos);
        }

        LockStats stats() {
            return new LockStats(
                    template,
                    policy,
                    acquired.sum(),
                    refused.sum(),
                    waited.sum(),
                    Duration.ofNanos(waitNanos.sum()),
                    lost.sum(),
                    storeFailures.sum());
        }
    }

    static Tallies of(Host host) {
        return host.attached(Tallies.class, Tallies::new);
    }

    OfLimit limit(String shape, String template, RateLimit limit) {
        OfLimit fresh = new OfLimit(template, limit);
        return limits.size() < LISTED_MAX
                ? limits.computeIfAbsent(new Id(shape, limit), id -> fresh)
                : limits.getOrDefault(new Id(shape, limit), fresh);
    }

    OfLock lock(String shape, String template, LockPolicy policy) {
        OfLock fresh = new OfLock(template, policy);
        return locks.size() < LISTED_MAX
                ? locks.computeIfAbsent(new Id(shape, policy), id -> fresh)
                : locks.getOrDefault(new Id(shape, policy), fresh);
    }

    List<LimitStats> limits() {
        return limits.values().stream()
                .map(OfLimit::stats)
                .sorted(Comparator.comparing(LimitStats::template))
                .toList();
    }

    List<LockStats> locks() {
        return locks.values().stream()
                .map(OfLock::stats)
                .sorted(Comparator.comparing(LockStats::template))
                .toList();
    }
}
