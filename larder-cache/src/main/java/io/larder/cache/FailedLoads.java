package io.larder.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a load that fails. Thread-safe.
 *
 * <pre>
 *   failure ──┬─ an answer by the policy     ── remembered in the store, raised
 *             ├─ an old value may be served  ── that; loads of the key pause
 *             ├─ there is a fallback         ── that; loads of the key pause
 *             └─ otherwise                   ── raised
 * </pre>
 */
final class FailedLoads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Counters counters;
    private final Policy policy;
    private final StoreRule<K, V> rule;
    private final Writes<K, V> writes;
    private final Surroundings around;

    FailedLoads(Definition<V> shared, Definitions.Plan<K, V> plan, Writes<K, V> writes, Surroundings around) {
        this.shared = shared;
        this.counters = shared.counters();
        this.policy = plan.policy();
        this.rule = plan.rule();
        this.writes = writes;
        this.around = around;
    }

    /** What becomes of a load that fails so; {@code stores} says whether anything can be written. */
    LoadOutcome judge(Loads.Task<?, ?> task, boolean stores, Exception failure) {
        if (stores && policy.negative(failure) != null) {
            return LoadOutcome.NEGATIVE;
        }
        boolean excused = task.decision() == Decision.SERVE_AND_REFRESH
                || servesInstead(task, failure)
                || fallsBack(task, failure);
        return excused ? LoadOutcome.EXCUSED : LoadOutcome.FAILED;
    }

    /** Whether the value found stands in for the one that could not be loaded: not past its time, which the load may have taken. */
    boolean servesInstead(Loads.Task<?, ?> task, Exception failure) {
        return task.decision() == Decision.LOAD_OR_SERVE
                && policy.excuses(failure)
                && around.nowMillis() < Decision.keptUntil(task.found(), policy);
    }

    /** Whether the fallback stands in for the value that could not be loaded: not where a load was asked for as such. */
    boolean fallsBack(Loads.Task<?, ?> task, Exception failure) {
        return policy.fallback()
                && task.decision() != Decision.LOAD
                && task.decision() != Decision.SERVE_AND_REFRESH
                && policy.excuses(failure);
    }

    /**
     * Lands the flight with what stands in for the value, and answers that.
     *
     * @throws Exception the failure, where nothing stands in; the caller crashes the flight
     */
    V end(Loads.Begun<K, V> begun, Exception failure) throws Exception {
        Flight<V> flight = begun.flight();
        Loads.Task<K, V> task = begun.task();
        @Nullable Versions versions = begun.tags().versions(); // null if nothing can be written
        @Nullable Duration said = begun.context().ttl();
        Negative negative = policy.negative(failure);
        if (negative != null && versions != null) {
            if (task.decision() == Decision.SERVE_AND_REFRESH) {
                counters.refreshFailures.increment();
            }
            shared.pauses().ended(task.key());
            flight.crash(failure, Flight.Kind.MISS);
            writes.during(flight, () -> writes.remember(task, negative, said, failure, begun.stamp(), versions));
            throw failure;
        }
        noteRefresh(task);
        if (servesInstead(task, failure)) {
            shared.pauses().failed(task.key());
            V old = Loads.valueOf(task.found());
            flight.land(old, Flight.Kind.STALE);
            return old;
        }
        if (fallsBack(task, failure)) {
            shared.pauses().failed(task.key());
            V instead;
            try {
                instead = rule.instead(task.argument());
            } catch (RuntimeException e) {
                e.addSuppressed(failure);
                throw e;
            }
            flight.land(instead, Flight.Kind.FALLBACK);
            return instead;
        }
        throw failure;
    }

    /** A refresh has failed: the next has to wait. */
    void noteRefresh(Loads.Task<K, V> task) {
        if (task.decision() == Decision.SERVE_AND_REFRESH) {
            counters.refreshFailures.increment();
            shared.pauses().failed(task.key());
        }
    }
}
