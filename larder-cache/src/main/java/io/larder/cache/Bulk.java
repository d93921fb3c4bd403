package io.larder.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How a function loads many at once.
 *
 * @param chunk most arguments of one call
 * @param window how long a load of one waits for others to be merged with; zero for not at all
 * @param gatherMax most that are merged
 */
record Bulk<K extends @Nullable Object, V extends @Nullable Object>(
        BulkLoader<K, V> loader, int chunk, Duration window, int gatherMax) {
    Bulk(BulkLoader<K, V> loader, int chunk) {
        this(loader, chunk, Duration.ZERO, 1);
    }

    /** Arguments of one call where nothing is said. */
    static final int CHUNK_DEFAULT = 100;

    /** Whether its loader answers later. */
    boolean isLater() {
        return loader instanceof LaterBulkLoader;
    }

    /** Calls the loader for loads that have begun. */
    Map<K, V> load(List<Loads.Begun<K, V>> begun) throws Exception {
        return load(arguments(begun), contexts(begun));
    }

    /**
     * Calls the loader.
     *
     * @param contexts what is said of each value, by argument
     */
    Map<K, V> load(Collection<K> arguments, Map<K, LoadContext<V>> contexts) throws Exception {
        return checked(Loading.many(contexts, () -> loader.loadAll(Collections.unmodifiableCollection(arguments))));
    }

    /** Begins without waiting, and tells the values or the failure, one of them null, to {@code ended} once. */
    void begin(List<Loads.Begun<K, V>> begun, BiConsumer<@Nullable Map<K, V>, @Nullable Throwable> ended)
            throws Exception {
        if (!(loader instanceof LaterBulkLoader<K, V> later)) {
            throw new IllegalStateException("the loader answers at once");
        }
        Collection<K> arguments = Collections.unmodifiableCollection(arguments(begun));
        CompletionStage<? extends Map<K, V>> stage = Loading.many(contexts(begun), () -> later.stage(arguments));
        var unused = stage.whenComplete((loaded, failure) -> ended.accept(loaded, LaterLoader.cause(failure)));
    }

    private static <K extends @Nullable Object, V extends @Nullable Object> Collection<K> arguments(
            List<Loads.Begun<K, V>> begun) {
        List<K> arguments = new ArrayList<>();
        begun.forEach(one -> arguments.add(one.task().argument()));
        return arguments;
    }

    private static <K extends @Nullable Object, V extends @Nullable Object> Map<K, LoadContext<V>> contexts(
            List<Loads.Begun<K, V>> begun) {
        Map<K, LoadContext<V>> contexts = new HashMap<>();
        begun.forEach(one -> contexts.put(one.task().argument(), one.context()));
        return contexts;
    }

    /** What a loader of many returned, if it is any. */
    static <K extends @Nullable Object, V extends @Nullable Object> Map<K, V> checked(@Nullable Map<K, V> loaded) {
        if (loaded == null) {
            throw new IllegalStateException("a bulk loader returned null; return an empty map where there is nothing");
        }
        return loaded;
    }

    /** The loader of one that asks a loader of many, in a load of its own. */
    static <K extends @Nullable Object, V extends @Nullable Object> ContextLoader<K, V> alone(BulkLoader<K, V> loader) {
        if (loader instanceof LaterBulkLoader<K, V> later) {
            return new LaterLoader<>(
                    argument -> Loading.manyOfOne(argument, () -> later.stage(Collections.singletonList(argument)))
                            .thenApply(loaded -> Nulls.cast(checked(loaded).get(argument))));
        }
        return (argument, context) -> Nulls.cast(
                checked(Loading.manyOfOne(argument, () -> loader.loadAll(Collections.singletonList(argument))))
                        .get(argument));
    }

    /** The tasks in pieces of at most a chunk. */
    <T> Iterable<List<T>> chunks(List<T> all) {
        return () -> java.util.stream.IntStream.iterate(0, from -> from < all.size(), from -> from + chunk)
                .mapToObj(from -> all.subList(from, Math.min(all.size(), from + chunk)))
                .iterator();
    }
}
