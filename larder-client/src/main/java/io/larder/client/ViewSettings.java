package io.larder.client;

import java.time.Duration;

/**
 * What views of one codec differ in.
 *
 * @param timeout deadline of a call on one key
 * @param bulkTimeout deadline of a call on many keys
 * @param lenient whether a failing node looks like a miss to reads, and is an outcome of stores
 */
record ViewSettings(Duration timeout, Duration bulkTimeout, boolean lenient) {
    ViewSettings within(Duration deadline) {
        Timeouts.check("deadline", deadline);
        return new ViewSettings(deadline, deadline, lenient);
    }

    /** For a part of a call: what is left of its deadline, and failures are thrown. */
    ViewSettings inside(Deadline deadline) {
        Duration left = Duration.ofNanos(Math.max(1, deadline.leftNanos()));
        return new ViewSettings(left, left, false);
    }

    /** For a part of a call that fails as the call does: what is left of its deadline. */
    ViewSettings rest(Deadline deadline) {
        Duration left = Duration.ofNanos(Math.max(1, deadline.leftNanos()));
        return new ViewSettings(left, left, lenient);
    }

    ViewSettings leniently() {
        return new ViewSettings(timeout, bulkTimeout, true);
    }
}
