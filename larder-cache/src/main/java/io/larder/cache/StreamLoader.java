package io.larder.cache;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The slow call behind a {@link CachedStream}.
 *
 * @param <K> the argument
 * @param <E> what the stream is of
 */
@FunctionalInterface
public interface StreamLoader<K extends @Nullable Object, E extends @Nullable Object> {
    /** Begins a stream; it is closed with the stream that the caller gets. Elements are shared and must not change. */
    Stream<E> load(K argument) throws Exception;
}
