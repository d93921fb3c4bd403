package io.larder.toolbox;

import java.time.Duration;

/**
 * One key of a breaker, as this process knows it; of a shared one, a second old at most while its calls go on.
 *
 * @param calls of those looked back on while it is closed; 0 otherwise
 * @param failed of these
 * @param slow of these
 * @param retryAfter when calls make sense again; zero if they do now
 */
public record BreakerStatus(
        String key, CircuitBreaker.State state, int calls, int failed, int slow, Duration retryAfter) {}
