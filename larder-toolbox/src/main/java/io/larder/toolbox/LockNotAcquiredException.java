package io.larder.toolbox;

import io.larder.base.LarderException;

/** The lock was not free in time, or the waiting thread was interrupted. Nothing was done under it. */
public final class LockNotAcquiredException extends LarderException {
    LockNotAcquiredException(String message) {
        super(message);
    }
}
