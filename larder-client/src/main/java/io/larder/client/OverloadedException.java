package io.larder.client;

/**
 * The connection was full, or stayed so until the deadline, as {@link BackPressure} says; nothing was sent. Slow down, or raise
 * {@link Limits}.
 */
public final class OverloadedException extends MemcachedException {
    OverloadedException(String node, String message) {
        super(node, message, null);
    }
}
