package io.larder.cache;

import org.jspecify.annotations.Nullable;

/**
 * A call of an annotated method, as the templates of its invalidations see it.
 *
 * @param result what it returned; null before it has
 */
record Invocation(Arguments arguments, @Nullable Object result) {}
