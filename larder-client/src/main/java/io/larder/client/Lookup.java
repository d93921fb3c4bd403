package io.larder.client;

/** What a node said about a key. A failing node is not a miss, and neither is a value. */
public sealed interface Lookup<V> {
    /**
     * The node has a value.
     *
     * @param value never null
     * @param cas token of this state of the item, for {@link View#cas}; an unsigned 64-bit number
     */
    record Hit<V>(V value, long cas) implements Lookup<V> {}

    /** The node has none. */
    record Absent<V>() implements Lookup<V> {}

    /**
     * The node could not be asked, or did not answer in time.
     *
     * @param node {@link Node#name()}
     * @param cause what the throwing methods would have thrown
     */
    record Unavailable<V>(String node, MemcachedException cause) implements Lookup<V> {}
}
