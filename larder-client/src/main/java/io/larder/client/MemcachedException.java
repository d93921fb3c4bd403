package io.larder.client;

import io.larder.base.LarderException;
import org.jspecify.annotations.Nullable;

/** A call on a node failed. The message names node and operation. */
public class MemcachedException extends LarderException {
    private final String node;

    MemcachedException(String node, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.node = node;
    }

    /** {@link Node#name()} of the node that was called. */
    public String node() {
        return node;
    }
}
