package io.larder.toolbox;

import io.larder.base.LarderException;
import java.time.Duration;

/** A call was refused before it began: nothing was done. */
public abstract sealed class RefusedException extends LarderException
        permits RateLimitedException, LockNotAcquiredException, CircuitOpenException {
    private final Duration retryAfter;

    RefusedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** When it makes sense to try again; each exception says how sure that is. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
