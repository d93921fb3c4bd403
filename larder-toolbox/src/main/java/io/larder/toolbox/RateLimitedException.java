package io.larder.toolbox;

import java.time.Duration;

/**
 * A rate limit has refused a call, which has not taken place. After {@link #retryAfter} there is room again, if nobody else comes
 * first.
 */
public final class RateLimitedException extends RefusedException {
    RateLimitedException(String key, Duration retryAfter) {
        super("%s is over its rate limit; try again in %d ms".formatted(key, retryAfter.toMillis()), retryAfter);
    }
}
