package io.larder.cache;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A slow call that can answer for many arguments at once, later; for {@link Larder#cachedAllAsync}. What is cached are the values,
 * never the stage.
 *
 * @param <K> the argument
 * @param <V> the result
 */
@FunctionalInterface
public interface AsyncBulkLoader<K extends @Nullable Object, V extends @Nullable Object> {
    /**
     * Begins to load, and does not wait. A stage that fails or is cancelled counts as a load that failed with what it was
     * completed with.
     *
     * @param arguments distinct ones, at least one, at most the function's chunk
     * @return the values by argument; for an argument that is left out there is none, which is kept as {@code null}
     * @throws Exception when there are no values to be had; the same as a stage that fails
     */
    CompletionStage<? extends Map<K, V>> loadAll(Collection<K> arguments) throws Exception;
}
