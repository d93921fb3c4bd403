package io.larder.client;

import org.jspecify.annotations.Nullable;

/**
 * The node cannot be reached, or the connection broke before the reply was whole. A write may or may not have happened.
 * Do without the cache for now; later calls connect again by themselves.
 */
public final class NodeUnavailableException extends MemcachedException {
    NodeUnavailableException(String node, String message, @Nullable Throwable cause) {
        super(node, message, cause);
    }
}
