package io.larder.micrometer;

import io.larder.cache.CacheEvent;
import io.larder.cache.CacheListener;
import io.larder.cache.CacheStats;
import io.larder.cache.Larder;
import io.larder.cache.LoadOutcome;
import io.larder.cache.StoreHealth;
import io.larder.cache.StoreStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Meters of one {@link Larder}, in a registry: {@code Larder.builder().listener(new LarderMeters(registry, Tags.empty()))}.
 * Functions that are defined later appear when they are; all meters leave when the {@link Larder} is closed.
 *
 * <p>A hit costs nothing more: gets are read from the framework's counters when the registry asks. Tags are what the program has
 * written: templates, namespaces, prefixes of routes; never keys. Thread-safe.
 */
public final class LarderMeters implements CacheListener {
    private final MeterRegistry registry;
    private final Tags common;
    private final Queue<Meter> meters = new ConcurrentLinkedQueue<>();
    private final Queue<CacheEvent.Defined> functions = new ConcurrentLinkedQueue<>(); // counters know them weakly
    private final ConcurrentMap<Load, Timer> loads = new ConcurrentHashMap<>(); // functions times outcomes

    /** What a timer of loads is about. */
    private record Load(String function, LoadOutcome outcome) {}

    /**
     * Meters for one {@link Larder}.
     *
     * @param common of all its meters, to tell it from others in the same registry
     */
    public LarderMeters(MeterRegistry registry, Tags common) {
        this.registry = registry;
        this.common = common;
    }

    @Override
    public boolean hearsGets() {
        return false; // counters have them
    }

    @Override
    public void onOpened(Larder larder) {
        for (StoreHealth store : larder.health()) {
            Tags tags = common.and("route", store.route(), "store", store.store());
            gauge(
                    "cache.breaker",
                    "1 while a store is left alone, else 0",
                    tags,
                    larder,
                    all -> health(all, store.route(), one -> one.open() ? 1 : 0));
            gauge(
                    "cache.recovery.queue",
                    "keys a store has still to be told to forget",
                    tags,
                    larder,
                    all -> health(all, store.route(), StoreHealth::missedRemovals));
        }
        for (StoreStats store : larder.stores()) {
            Tags tags = common.and("route", store.route(), "store", store.store());
            gauge(
                    "cache.entries",
                    "entries in this process",
                    tags,
                    larder,
                    all -> store(all, store.route(), StoreStats::entries));
            counter(
                    "cache.evictions",
                    "entries that left",
                    tags.and("cause", "size"),
                    larder,
                    all -> store(all, store.route(), StoreStats::evictions));
            counter(
                    "cache.evictions",
                    "entries that left",
                    tags.and("cause", "expired"),
                    larder,
                    all -> store(all, store.route(), StoreStats::expirations));
        }
    }

    private static double health(Larder larder, String route, ToLongFunction<StoreHealth> value) {
        return one(larder.health().stream()
                .filter(store -> store.route().equals(route))
                .mapToLong(value)
                .findFirst()
                .orElse(0));
    }

    private static double store(Larder larder, String route, ToLongFunction<StoreStats> value) {
        return one(larder.stores().stream()
                .filter(store -> store.route().equals(route))
                .mapToLong(value)
                .findFirst()
                .orElse(0));
    }

    private static double one(long value) {
        return (double) value;
    }

    @Override
    public void onDefined(CacheEvent.Defined function) {
        functions.add(function);
        Tags tags = common.and(
                "function", function.function(), "namespace", function.namespace(), "store", function.store());
        gets(function, tags, "hit", "process", CacheStats::nearHits);
        gets(function, tags, "hit", "store", stats -> stats.hits() - stats.nearHits());
        gets(function, tags, "stale", "any", CacheStats::staleHits);
        gets(function, tags, "negative", "any", CacheStats::negativeHits);
        gets(function, tags, "miss", "loader", CacheStats::misses);
        gets(function, tags, "unavailable", "loader", CacheStats::unavailable);
        gets(function, tags, "fallback", "loader", CacheStats::fallbacks);
        count(function, "cache.gets.joined", "gets that waited for another caller", tags, CacheStats::joined);
        count(
                function,
                "cache.gets.timeouts",
                "gets that did not wait for a load to its end",
                tags,
                CacheStats::timeouts);
        count(function, "cache.refreshes", "loads begun in the background", tags, CacheStats::refreshes);
        count(
                function,
                "cache.failsafe",
                "failed loads in place of which an old value or the fallback is served",
                tags,
                CacheStats::excusedLoads);
        count(function, "cache.loads.slow", "loads above the threshold of the log", tags, CacheStats::slowLoads);
        count(
                function,
                "cache.store.failures",
                "writes and removals that did not reach the store",
                tags,
                CacheStats::storeFailures);
        count(function, "cache.unreadable", "entries that could not be read", tags, CacheStats::unreadable);
    }

    private void gets(
            CacheEvent.Defined function, Tags tags, String result, String level, ToLongFunction<CacheStats> value) {
        count(
                function,
                "cache.gets",
                "gets by what they were answered with",
                tags.and("result", result, "level", level),
                value);
    }

    private void count(
            CacheEvent.Defined function, String name, String description, Tags tags, ToLongFunction<CacheStats> value) {
        counter(
                name,
                description,
                tags,
                function,
                one -> one(value.applyAsLong(one.stats().get())));
    }

    private <T> void counter(String name, String description, Tags tags, T of, ToDoubleFunction<T> value) {
        meters.add(FunctionCounter.builder(name, of, value)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    private <T> void gauge(String name, String description, Tags tags, T of, ToDoubleFunction<T> value) {
        meters.add(Gauge.builder(name, of, value)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    @Override
    public void onLoadEnded(CacheEvent.LoadEnded event) {
        loads.computeIfAbsent(new Load(event.function(), event.outcome()), this::timer)
                .record(event.duration());
    }

    private Timer timer(Load load) {
        Timer timer = Timer.builder("cache.loads")
                .description("loader calls")
                .tags(common.and(
                        "function",
                        load.function(),
                        "outcome",
                        load.outcome().name().toLowerCase(Locale.ROOT)))
                .register(registry);
        meters.add(timer);
        return timer;
    }

    @Override
    public void onClosed() {
        List.copyOf(meters).forEach(registry::remove);
        meters.clear();
        loads.clear();
        functions.clear();
    }
}
