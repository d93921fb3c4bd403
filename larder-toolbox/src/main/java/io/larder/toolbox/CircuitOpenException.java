package io.larder.toolbox;

import java.time.Duration;

/**
 * A breaker is open and has refused a call, which has not taken place. After {@link #retryAfter} it lets probes pass, or has heard from
 * those that are on their way.
 */
public final class CircuitOpenException extends RefusedException {
    CircuitOpenException(String key, Duration retryAfter) {
        super(
                "%s is cut off by its circuit breaker; try again in %d ms".formatted(key, retryAfter.toMillis()),
                retryAfter);
    }
}
