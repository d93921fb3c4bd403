package io.larder.toolbox;

import java.time.Duration;

/**
 * What a lock has counted in this process since it was first made. Numbers are read one after the other, so they agree exactly only when
 * nothing runs.
 *
 * @param template the keys, as they were first written
 * @param acquired times it was taken
 * @param refused calls that did not get it, because it was held by another, or they were interrupted
 * @param waited of both, those that waited for it
 * @param waitTime the sum of their waits
 * @param lost holders that were told their lease was over
 * @param storeFailures calls to take it that failed because the store did not answer
 */
public record LockStats(
        String template,
        LockPolicy policy,
        long acquired,
        long refused,
        long waited,
        Duration waitTime,
        long lost,
        long storeFailures) {}
