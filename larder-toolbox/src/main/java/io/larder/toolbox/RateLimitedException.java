package io.larder.toolbox;

import io.larder.base.LarderException;
import java.time.Duration;

/** A rate limit has refused a call, which has not taken place. Try again after {@link #retryAfter}. */
public final class RateLimitedException extends LarderException {
    private final Duration retryAfter;

    RateLimitedException(String key, Duration retryAfter) {
        super("%s is over its rate limit; try again in %d ms".formatted(key, retryAfter.toMillis()));
        this.retryAfter = retryAfter;
    }

    /** When there may be room again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
