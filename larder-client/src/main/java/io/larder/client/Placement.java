package io.larder.client;

import java.util.List;

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
    }
}
