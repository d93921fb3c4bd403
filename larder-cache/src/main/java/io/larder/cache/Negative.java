package io.larder.cache;

import java.time.Duration;

/**
 * A failure of the loader that is an answer, like "there is no such account", and is remembered.
 *
 * <p>What is remembered is its type and its message. Callers get a new exception of {@code type}, made by its constructor
 * that takes a {@code String}, or else the one that takes nothing; the caller whose load failed gets the loader's own.
 *
 * @param type remembered are exceptions of this type and of its subclasses, as this type
 * @param ttl how long, at least 1 ms
 */
public record Negative(Class<? extends Exception> type, Duration ttl) {
    public Negative {
        if (ttl.compareTo(Policy.TTL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "ttl of negative(%s) must be at least 1ms, was %s".formatted(type.getSimpleName(), ttl));
        }
        if (InterruptedException.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException("negative(%s): an interrupt says nothing about the value; leave it out"
                    .formatted(type.getSimpleName()));
        }
    }
}
