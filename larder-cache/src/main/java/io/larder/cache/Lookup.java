package io.larder.cache;

import org.jspecify.annotations.Nullable;

/**
 * What the stores hold for a key. Absence is not a value: a cached {@code null}, {@code 0} or {@code ""} is a
 * {@link Fresh}, and a store that could not answer is not a miss but {@link Unavailable}.
 *
 * @param <V> the value; may be a nullable type
 */
public sealed interface Lookup<V extends @Nullable Object> {
    /** A value within its TTL: a hit. */
    record Fresh<V extends @Nullable Object>(V value, Meta meta) implements Lookup<V> {}

    /** A value past its TTL that the store still has. */
    record Stale<V extends @Nullable Object>(V value, Meta meta) implements Lookup<V> {}

    /**
     * A failure of the loader, remembered.
     *
     * @param type the name of the class that {@link Negative} named
     * @param message that of the exception
     */
    record Negative<V extends @Nullable Object>(
            String type, @Nullable String message, Meta meta) implements Lookup<V> {}

    /** Nothing that this function could read. */
    record Absent<V extends @Nullable Object>() implements Lookup<V> {}

    /** The store could not answer. */
    record Unavailable<V extends @Nullable Object>(RuntimeException cause) implements Lookup<V> {}
}
