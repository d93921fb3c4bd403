package io.larder.client;

/** The calling thread was interrupted; its interrupt flag is still set. A write may or may not have happened. */
public final class InterruptedCallException extends MemcachedException {
    InterruptedCallException(String node, String message) {
        super(node, message, null);
    }
}
