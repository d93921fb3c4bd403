package io.larder.cache.spi;

/**
 * A store in this process, which keeps the objects it is given, as they are.
 *
 * <p>It returns the very object that was put, to any thread, and never one whose TTL has ended by the ticker of its
 * {@link StoreContext}. It keeps a bounded number of entries.
 */
public non-sealed interface ObjectStore extends Store<Object> {}
