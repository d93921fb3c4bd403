package io.larder.toolbox;

import io.larder.base.DurationText;
import java.time.Duration;

/**
 * How long a lock is held and waited for.
 *
 * @param lease after so long without renewal the lock is free again, whatever became of the holder; 10 ms to a day
 * @param waitMax how long {@link SharedLock#acquire} waits for it, at most a day; zero for not at all
 */
public record LockPolicy(Duration lease, Duration waitMax) {
    private static final Duration LEASE_MIN = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofDays(1);

    public LockPolicy {
        if (lease.compareTo(LEASE_MIN) < 0 || lease.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "lease must be from 10 ms to a day, was %s; write \"30s\"".formatted(lease));
        }
        if (waitMax.isNegative() || waitMax.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "waitUpTo must be from 0 to a day, was %s; write \"5s\"".formatted(waitMax));
        }
    }

    /** A policy that does not wait. */
    public static LockPolicy lease(String lease) {
        return new LockPolicy(DurationText.parse(lease), Duration.ZERO);
    }

    /** The same with another time to wait. */
    public LockPolicy waitUpTo(String time) {
        return new LockPolicy(lease, DurationText.parse(time));
    }
}
