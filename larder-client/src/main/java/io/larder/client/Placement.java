package io.larder.client;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * Which node holds a key: a pure function of the configured nodes and the key, so that all clients of a cluster agree.
 * A node is what the configuration calls it, never the address that name resolves to.
 */
public interface Placement {
    /** The ring libmemcached builds as KETAMA_WEIGHTED: MD5, 160 points for each node of average weight. */
    Placement LIBMEMCACHED_KETAMA = new Ketama();

    /** The name in URLs: {@code libmemcached-ketama}. */
    String name();

    /** Whether the prefix of the client takes part in {@link Ring#nodeOf}. */
    boolean prefixCounts();

    /**
     * Places nodes.
     *
     * @param nodes at least one
     */
    Ring ring(List<Node> nodes);

    /** Nodes in place. Immutable. */
    interface Ring {
        /** Index of the node that holds a key, given its bytes. */
        int nodeOf(byte[] key);

        /**
         * Index of the node that holds a key while some nodes are down, as {@link FailurePolicy#REHASH} wants it: keys of
         * nodes that are up stay where they are. Unless a placement says otherwise, the node with the next usable index.
         *
         * @param nodes how many there are
         * @param usable which are up
         * @return -1 if none is
         */
        default int nodeOf(byte[] key, int nodes, IntPredicate usable) {
            int first = nodeOf(key);
            for (int i = 0; i < nodes; i++) {
                int next = (first + i) % nodes;
                if (usable.test(next)) {
                    return next;
                }
            }
            return -1;
        }
    }
}
