package io.larder.cache;

import org.jspecify.annotations.Nullable;

/**
 * A {@link Loader} that looks at the value found and decides how long its own may live.
 *
 * @param <K> the argument; several arguments are a record
 * @param <V> the result; {@code null} is a result like any other
 */
@FunctionalInterface
public interface ContextLoader<K extends @Nullable Object, V extends @Nullable Object> {
    /**
     * Returns the value for the argument.
     *
     * @throws Exception when there is none to be had; nothing is stored then
     */
    V load(K argument, LoadContext<V> context) throws Exception;
}
