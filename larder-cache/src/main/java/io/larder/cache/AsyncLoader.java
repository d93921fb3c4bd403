package io.larder.cache;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A slow call whose answer comes later, for {@link Larder#cachedAsync}. What is cached is the value, never the stage.
 *
 * @param <K> the argument
 * @param <V> the result
 */
@FunctionalInterface
public interface AsyncLoader<K extends @Nullable Object, V extends @Nullable Object> {
    /**
     * Begins to load, and does not wait. A stage that fails or is cancelled counts as a load that failed with what it was
     * completed with.
     *
     * @throws Exception when there is no value to be had; the same as a stage that fails
     */
    CompletionStage<? extends V> load(K argument) throws Exception;
}
