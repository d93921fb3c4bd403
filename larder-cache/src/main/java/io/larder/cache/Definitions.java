package io.larder.cache;

import io.larder.cache.spi.Host;
import java.lang.reflect.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The key templates of one {@link Larder} and what belongs to each. Grows with the templates written in the program, not
 * with the functions built from them. Thread-safe.
 */
final class Definitions {
    /** Values that can be used once, or that arrive later: the object would be shared, not what it yields. */
    private static final Set<Class<?>> ONE_USE = Set.of(
            java.util.stream.BaseStream.class,
            java.util.Iterator.class,
            java.util.concurrent.Future.class,
            java.util.concurrent.CompletionStage.class,
            java.util.concurrent.Flow.Publisher.class,
            AutoCloseable.class);

    private final ConcurrentMap<String, Definition<?>> byShape = new ConcurrentHashMap<>();
    private final Counters own = new Counters(); // of what belongs to no function
    private final Tally ofNone;
    private final Routes routes;
    private final Pipes pipes;
    private final Surroundings around;
    private final Host host;

    Definitions(Routes routes, Pipes pipes, Surroundings around, Host host) {
        this.host = host;
        this.routes = routes;
        this.pipes = pipes;
        this.around = around;
        this.ofNone = new Tally("", own, false, around);
    }

    /**
     * A function to build.
     *
     * @param owner the method a default template was made for, otherwise empty
     * @param codec of its values, instead of that of the store; possibly empty
     */
    record Plan<K extends @Nullable Object, V extends @Nullable Object>(
            String template,
            String owner,
            KeyTemplate<K> keys,
            Tagging<K> tags,
            Type valueType,
            String codec,
            ContextLoader<? super K, V> loader,
            @Nullable Bulk<K, V> bulk,
            Policy policy,
            StoreRule<K, V> rule) {}

    /** Those that templates may use. */
    Pipes pipes() {
        return pipes;
    }

    /** What holds in a thread. */
    Control control() {
        return around.control();
    }

    /** What is lent to those who stand around methods. */
    Host host() {
        return host;
    }

    /** Builds a function. A second one whose template makes the same keys shares entries, flights and counters. */
    <K extends @Nullable Object, V extends @Nullable Object> CachedFunction<K, V> define(Plan<K, V> plan) {
        checkReusable(plan.template(), plan.valueType());
        Definition<?> fresh = this.<V>definition(plan);
        Definition<?> shared = byShape.putIfAbsent(plan.keys().shape(), fresh);
        if (shared == null) {
            shared = fresh;
            fresh.tellDefined(around.events());
        }
        checkSame(shared, plan);
        return new CachedFunction<>(sameType(shared), plan, around);
    }

    /** Makes all entries invalid that depend on the marker. Loads of them that are under way are not joined any more. */
    void invalidate(String marker) {
        if (!around.control().allows(Op.INVALIDATE)) {
            return;
        }
        Uncommitted open = around.control().transaction();
        if (open == null || !open.invalidate(marker, () -> renew(marker))) {
            renew(marker);
        }
    }

    private void renew(String marker) {
        byShape.values().forEach(definition -> definition.overtakeTagged(marker));
        for (Backend backend : routes.all()) {
            try {
                backend.markers().renew(marker);
            } catch (RuntimeException e) {
                ofNone.storeFailed(marker, e); // and the store is told as soon as it answers
            }
        }
        byShape.values().forEach(definition -> definition.overtakeTagged(marker)); // began before the new version
        ofNone.invalidated(
                marker.startsWith(Markers.TAG) ? CacheEvent.Target.TAG : CacheEvent.Target.NAMESPACE,
                marker.substring(marker.indexOf(':') + 1));
    }

    List<FunctionStats> functions() {
        return byShape.values().stream()
                .map(Definition::stats)
                .sorted(Comparator.comparing(FunctionStats::function))
                .toList();
    }

    /** Flights and waits for them. */
    int underWay() {
        int flights = byShape.values().stream()
                .mapToInt(definition -> definition.flights().size())
                .sum();
        return flights + around.waits().size();
    }

    CacheStats stats() {
        return byShape.values().stream()
                .map(definition -> definition.counters().read())
                .reduce(own.read(), CacheStats::plus);
    }

    private <V extends @Nullable Object> Definition<V> definition(Plan<?, V> plan) {
        Counters counters = new Counters();
        String route = routes.prefixOf(plan.template(), plan.keys().head());
        Backend backend = routes.backend(route);
        if (!plan.tags().isEmpty()) {
            backend.checkTags(plan.template());
        }
        backend.checkLease(plan.template(), plan.policy().lease());
        return Definition.of(
                plan,
                new Origin(route, backend, plan.tags().namespace()),
                backend.shelf(plan.template(), plan.valueType(), plan.codec(), counters),
                counters,
                around);
    }

    private static void checkReusable(String template, Type valueType) {
        for (Class<?> type : ONE_USE) {
            if (type.isAssignableFrom(Types.raw(valueType))) {
                throw new IllegalArgumentException(
                        "values of \"%s\" are %s, which only one caller can use; let the loader return what is in it, like a List"
                                .formatted(template, Types.text(valueType)));
            }
        }
    }

    private static void checkSame(Definition<?> shared, Plan<?, ?> plan) {
        if (!shared.pipes().equals(plan.keys().pipes())) {
            throw new IllegalArgumentException(
                    "key template \"%s\" makes keys that \"%s\" makes of other values; write the same pipes, or give one of them another text"
                            .formatted(plan.template(), shared.template()));
        }
        if (!shared.valueType().equals(plan.valueType())) {
            throw new IllegalArgumentException(
                    "key template \"%s\" is already used for values of type %s, not %s; give one of them another template"
                            .formatted(
                                    shared.template(), Types.text(shared.valueType()), Types.text(plan.valueType())));
        }
        if (!shared.codec().equals(plan.codec())) {
            throw new IllegalArgumentException(
                    "key template \"%s\" is already used with another codec; write the same one for all functions over it"
                            .formatted(shared.template()));
        }
        if (!shared.owner().equals(plan.owner())) {
            throw new IllegalArgumentException(
                    "key template \"%s\" is already used by %s; give one of them a key of its own"
                            .formatted(
                                    shared.template(), shared.owner().isEmpty() ? "another function" : shared.owner()));
        }
    }

    @SuppressWarnings("unchecked") // checkSame has compared the value types
    private static <V extends @Nullable Object> Definition<V> sameType(Definition<?> shared) {
        return (Definition<V>) shared;
    }
}
