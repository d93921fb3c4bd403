package io.larder.toolbox;

import java.time.Duration;

/** The answer of a {@link RateLimiter}. */
public sealed interface Admission {
    /**
     * The call may go on.
     *
     * @param remaining how many more would be let pass now; 0 if not counted
     * @param isCounted false if the store did not answer, and the limit lets calls pass then
     */
    record Allowed(long remaining, boolean isCounted) implements Admission {}

    /**
     * The call may not go on, and has used no permits.
     *
     * @param retryAfter when there may be room again, if nobody else comes first
     */
    record Refused(Duration retryAfter) implements Admission {}

    /** Whether the call may go on. */
    default boolean isAllowed() {
        return this instanceof Allowed;
    }
}
