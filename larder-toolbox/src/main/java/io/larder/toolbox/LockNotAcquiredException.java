package io.larder.toolbox;

import java.time.Duration;

/**
 * The lock was not free in time, or the waiting thread was interrupted. Nothing was done under it. {@link #retryAfter} is its lease:
 * by then a holder that died has lost it; one that lives may have given it up before, or renewed it.
 */
public final class LockNotAcquiredException extends RefusedException {
    LockNotAcquiredException(String message, Duration lease) {
        super(message, lease);
    }
}
