package io.larder.client;

/** The codec cannot read what is stored: somebody else wrote it, in another form. Treat it as a miss, or delete it. */
public final class UnreadableValueException extends MemcachedException {
    UnreadableValueException(String node, String message, Throwable cause) {
        super(node, message, cause);
    }
}
