package io.larder.cache.spi;

import io.larder.base.LarderException;

/**
 * The store has answered, and does not keep this value, for its size or for want of memory. Under its key nothing is there any
 * more. The framework goes on asking a store that raises this; any other exception counts against it.
 */
public final class NotKeptException extends LarderException {
    public NotKeptException(String message) {
        super(message);
    }
}
