package io.larder.client;

import java.util.OptionalLong;

/** What a node said about a key. A failing node is not a miss, and neither is a value. */
public sealed interface Lookup<V> {
    /**
     * The node has a value.
     *
     * @param value never null
     * @param cas token of this state of the item, for {@link View#cas}; an unsigned 64-bit number
     * @param refresh whether this caller is the one who shall store it anew, see {@link Reading#refreshBelow}
     */
    record Hit<V>(V value, long cas, boolean refresh) implements Lookup<V> {}

    /**
     * The node has a value that was marked as stale by {@link View#markStale}.
     *
     * @param value never null
     * @param cas token of this state of the item; an unsigned 64-bit number
     * @param refresh whether this caller is the one who shall store it anew
     */
    record Stale<V>(V value, long cas, boolean refresh) implements Lookup<V> {}

    /**
     * The node has none.
     *
     * @param lease if this caller is the one who shall load it, the token to store by with {@link View#cas}: that fails if the
     *     key was deleted or written meanwhile; empty for all others, and where no lease was asked for
     * @param promised if another caller has the lease, the token of what that leaves in the key's place. Who stores by it is not
     *     the one who was to, but an invalidation meanwhile beats it too; empty otherwise
     */
    record Absent<V>(OptionalLong lease, OptionalLong promised) implements Lookup<V> {
        /** Nothing is there, and nobody has a lease. */
        public Absent() {
            this(OptionalLong.empty(), OptionalLong.empty());
        }
    }

    /**
     * The node could not be asked, or did not answer in time.
     *
     * @param node {@link Node#name()}
     * @param cause what the throwing methods would have thrown
     */
    record Unavailable<V>(String node, MemcachedException cause) implements Lookup<V> {}
}
