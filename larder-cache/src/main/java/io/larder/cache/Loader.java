package io.larder.cache;

import org.jspecify.annotations.Nullable;

/**
 * The slow call behind a cached function: {@code dao::load}. Runs in the thread of the caller who found nothing, so
 * transactions and logging contexts work; for several keys at once, in several threads.
 *
 * @param <K> the argument; several arguments are a record
 * @param <V> the result; {@code null} is a result like any other
 */
@FunctionalInterface
public interface Loader<K extends @Nullable Object, V extends @Nullable Object> {
    /**
     * Returns the value for the argument.
     *
     * @throws Exception when there is none to be had; nothing is stored then, and the caller sees the exception
     */
    V load(K argument) throws Exception;
}
