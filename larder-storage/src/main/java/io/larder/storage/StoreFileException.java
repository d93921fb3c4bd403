package io.larder.storage;

import io.larder.base.LarderException;

/** A store's file cannot be used as it is; the message says what to change. Nothing in it was touched. */
public final class StoreFileException extends LarderException {
    StoreFileException(String message) {
        super(message);
    }

    StoreFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
