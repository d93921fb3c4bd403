package io.larder.weave;

/** A class cannot be woven as it is; the message says in one line what to write. */
public final class WeavingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WeavingException(String message) {
        super(message);
    }
}
