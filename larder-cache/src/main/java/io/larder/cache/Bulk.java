package io.larder.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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

    /**
     * Calls the loader.
     *
     * @param contexts what is said of each value, by argument
     */
    Map<K, V> load(Collection<K> arguments, Map<K, LoadContext<V>> contexts) throws Exception {
        return Loading.many(contexts, () -> load(arguments));
    }

    /** One alone, in a load of its own. */
    V loadOne(K argument) throws Exception {
        return Nulls.cast(Loading.manyOfOne(argument, () -> load(Collections.singletonList(argument)))
                .get(argument));
    }

    private Map<K, V> load(Collection<K> arguments) throws Exception {
        Map<K, V> loaded = loader.loadAll(Collections.unmodifiableCollection(arguments));
        if (loaded == null) {
            throw new IllegalStateException("a bulk loader returned null; return an empty map where there is nothing");
        }
        return loaded;
    }

    /** The tasks in pieces of at most a chunk. */
    <T> Iterable<List<T>> chunks(List<T> all) {
        return () -> java.util.stream.IntStream.iterate(0, from -> from < all.size(), from -> from + chunk)
                .mapToObj(from -> all.subList(from, Math.min(all.size(), from + chunk)))
                .iterator();
    }
}
