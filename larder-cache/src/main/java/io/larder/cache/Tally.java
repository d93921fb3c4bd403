package io.larder.cache;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Counts what the functions over one key template do, and tells those who listen. Thread-safe. */
final class Tally {
    private static final Set<Flight.Kind> STORED = EnumSet.of(Flight.Kind.HIT, Flight.Kind.STALE, Flight.Kind.NEGATIVE);

    private final String function;
    private final Counters counters;
    private final Detector.Level storeLevel;
    private final Control control;
    private final Events events;
    private final Surroundings around;

    /**
     * A tally.
     *
     * @param isNear whether the store is in this process
     */
    Tally(String function, Counters counters, boolean isNear, Surroundings around) {
        this.storeLevel = isNear ? Detector.Level.PROCESS : Detector.Level.STORE;
        this.function = function;
        this.counters = counters;
        this.control = around.control();
        this.events = around.events();
        this.around = around;
    }

    /**
     * A get that has ended.
     *
     * @param level {@code STORE} for what the store was asked for, which may be in this process
     */
    void got(Flight.Kind kind, String key, @Nullable Lookup<?> found, Detector.Level level) {
        Detector.Level from = level == Detector.Level.STORE ? storeLevel : level;
        if (kind == Flight.Kind.FALLBACK) {
            from = Detector.Level.LOADER; // wherever the get found nothing
        }
        counters.count(kind, from == Detector.Level.PROCESS);
        if (control.isHeard() || events.hearsGets()) {
            tell(kind, key, found, from);
        }
    }

    private void tell(Flight.Kind kind, String key, @Nullable Lookup<?> found, Detector.Level level) {
        boolean fromStore = found != null && STORED.contains(kind); // else loaded, or joined
        Detector.Outcome outcome = Detector.Outcome.valueOf(kind.name());
        Detector.Level from = fromStore && level == Detector.Level.LOADER ? storeLevel : level;
        if (control.isHeard()) {
            control.note(key, outcome, from, found != null && fromStore ? Meta.of(found) : null, around.nowMillis());
        }
        if (events.hearsGets()) {
            events.get(function, key, outcome, from);
        }
    }

    /** A get that the store has no part in: reading is disabled, or a transaction answers it for itself. */
    void bypassed(String key) {
        control.note(key, Detector.Outcome.BYPASS, Detector.Level.LOADER, null, around.nowMillis());
        if (events.hearsGets()) {
            events.get(function, key, Detector.Outcome.BYPASS, Detector.Level.LOADER);
        }
    }

    /**
     * A loader call.
     *
     * @param key the first, where it is for several
     * @param refresh whether nobody waits for it
     */
    record Call(String key, int keys, boolean refresh) {}

    /**
     * Calls a loader.
     *
     * @param startNanos by the ticker
     * @param judge what becomes of a failure
     */
    <R extends @Nullable Object> R load(
            Call call, long startNanos, Callable<R> loader, Function<Exception, LoadOutcome> judge) throws Exception {
        events.tell(listener ->
                listener.onLoadBegun(new CacheEvent.LoadBegun(function, call.key(), call.keys(), call.refresh())));
        LoadOutcome outcome = LoadOutcome.FAILED;
        try {
            R value = loader.call();
            outcome = LoadOutcome.VALUE;
            return value;
        } catch (Exception e) {
            outcome = judge.apply(e);
            throw e;
        } finally {
            ended(call, around.nanos() - startNanos, outcome);
        }
    }

    private void ended(Call call, long nanos, LoadOutcome outcome) {
        counters.loaded(nanos, outcome);
        if (around.slowLoads().isSlow(nanos)) {
            counters.slowLoads.increment();
            around.slowLoads().log(function, call, nanos, outcome);
        }
        events.tell(listener -> listener.onLoadEnded(new CacheEvent.LoadEnded(
                function, call.key(), call.keys(), call.refresh(), Duration.ofNanos(nanos), outcome)));
    }

    /** An entry was forgotten or expired because somebody asked for it. */
    void invalidated(CacheEvent.Target target, String key) {
        events.tell(listener -> listener.onInvalidation(new CacheEvent.Invalidation(function, target, key)));
    }

    /** A store refused, or could not be asked. */
    void storeFailed(String key, RuntimeException cause) {
        counters.storeFailures.increment();
        events.tell(listener -> listener.onStoreFailure(new CacheEvent.StoreFailure(function, key, cause)));
    }
}
