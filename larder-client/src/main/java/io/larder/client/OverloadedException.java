package io.larder.client;

/** The connection stayed full until the deadline; nothing was sent. Slow down, or raise {@link Limits}. */
public final class OverloadedException extends MemcachedException {
    OverloadedException(String node, String message) {
        super(node, message, null);
    }
}
