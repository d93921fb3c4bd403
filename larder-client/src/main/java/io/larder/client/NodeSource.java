package io.larder.client;

import java.util.List;
import java.util.function.Consumer;

/**
 * Tells a client which nodes there are, as long as it follows: a file that is watched, a name service, a discovery protocol.
 * What it tells goes through {@link Memcached#replaceNodes}.
 */
public interface NodeSource {
    /**
     * Begins to tell. The list may be told at once, by the calling thread, and later by any thread, one at a time.
     *
     * @param sink takes all nodes there are, each time; throws {@link IllegalArgumentException} for a list it refuses, after
     *     which the nodes are as before
     */
    void start(Consumer<List<Node>> sink);

    /** Ends telling. Called when the client closes. */
    void stop();
}
