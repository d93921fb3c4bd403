package io.larder.client;

/** What {@link View#getIfChanged} found. */
public sealed interface Fetch<V> {
    /**
     * The item is another than the one known.
     *
     * @param value never null
     * @param cas token of this state of the item, for the next {@link View#getIfChanged}; an unsigned 64-bit number
     */
    record Changed<V>(V value, long cas) implements Fetch<V> {}

    /** The item is still the one known. */
    record NotModified<V>() implements Fetch<V> {}

    /** The node has none, or one that was marked as stale. */
    record Missing<V>() implements Fetch<V> {}
}
