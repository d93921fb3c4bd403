package io.larder.cache;

import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import java.lang.reflect.Type;
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

    private final ConcurrentMap<String, Definition<?>> byTemplate = new ConcurrentHashMap<>();
    private final Store<?> store;
    private final Surroundings around;

    Definitions(Store<?> store, Surroundings around) {
        this.store = store;
        this.around = around;
    }

    /**
     * Builds a function. A second one over the same template shares entries, flights and counters with the first.
     *
     * @param owner the method a default template was made for, otherwise empty
     */
    <K extends @Nullable Object, V extends @Nullable Object> CachedFunction<K, V> define(
            String template,
            String owner,
            KeyTemplate<K> keys,
            Type valueType,
            ContextLoader<? super K, V> loader,
            Policy policy,
            StoreRule<K, V> rule) {
        checkReusable(template, valueType);
        Definition<?> fresh = this.<V>definition(template, owner, valueType);
        Definition<?> shared = byTemplate.putIfAbsent(template, fresh);
        if (shared == null) {
            shared = fresh;
        }
        checkSame(shared, valueType, owner);
        return new CachedFunction<>(sameType(shared), keys, loader, policy, rule, around);
    }

    CacheStats stats() {
        return byTemplate.values().stream()
                .map(definition -> definition.counters().read())
                .reduce(CacheStats.ZERO, CacheStats::plus);
    }

    private <V extends @Nullable Object> Definition<V> definition(String template, String owner, Type valueType) {
        Counters counters = new Counters();
        Shelf<V> shelf;
        if (store instanceof ObjectStore objects) {
            shelf = new ObjectShelf<>(objects, Types.raw(valueType), around);
        } else {
            shelf = new ByteShelf<>((ByteStore) store, envelope(template, valueType), around, counters);
        }
        return Definition.of(template, valueType, owner, shelf, counters, around);
    }

    private static Envelope envelope(String template, Type valueType) {
        try {
            return new Envelope(ValueCodecs.of(valueType));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "values of \"%s\" cannot be stored: %s".formatted(template, e.getMessage()), e);
        }
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

    private static void checkSame(Definition<?> shared, Type valueType, String owner) {
        if (!shared.valueType().equals(valueType)) {
            throw new IllegalArgumentException(
                    "key template \"%s\" is already used for values of type %s, not %s; give one of them another template"
                            .formatted(shared.template(), Types.text(shared.valueType()), Types.text(valueType)));
        }
        if (!shared.owner().equals(owner)) {
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
