package io.larder.protocol;

import io.larder.base.LarderException;

/** The bytes are no reply, or not one to the request at hand: framing is lost, close the connection. */
public final class TextReplyException extends LarderException {
    /**
     * Says what came instead.
     *
     * @param message without the name of the node, which the caller adds; foreign bytes in it escaped
     */
    public TextReplyException(String message) {
        super(message);
    }
}
