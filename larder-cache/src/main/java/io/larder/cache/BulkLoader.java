package io.larder.cache;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The slow call behind a cached function that can answer for many arguments at once.
 *
 * @param <K> the argument
 * @param <V> the result
 */
@FunctionalInterface
public interface BulkLoader<K extends @Nullable Object, V extends @Nullable Object> {
    /**
     * Loads values.
     *
     * @param arguments distinct ones, at least one, at most the function's chunk
     * @return the values by argument; for an argument that is left out there is none, which is kept as {@code null}
     */
    Map<K, V> loadAll(Collection<K> arguments) throws Exception;
}
