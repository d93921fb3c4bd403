package io.larder.client;

import java.time.Duration;

/**
 * How long a client waits. All are more than zero.
 *
 * @param operation deadline of a call on one key, connecting included
 * @param bulk deadline of a call on many keys or all nodes
 * @param connect limit for connecting to a node, the resolution of its name excluded
 * @param stall a connection whose oldest request makes no progress for so long is closed
 * @param idle a connection that was not used for so long is not trusted: the next request has a probe in front of it, and where that is
 *     not answered within half of {@code operation}, at most 200 ms, what can be repeated is sent once more over a new connection
 */
public record Timeouts(Duration operation, Duration bulk, Duration connect, Duration stall, Duration idle) {
    private static final Duration CONNECT_DEFAULT = Duration.ofSeconds(1);
    private static final Duration STALL_MIN = Duration.ofSeconds(1);
    private static final Duration IDLE_DEFAULT = Duration.ofSeconds(15);
    private static final Duration PROBE_MAX = Duration.ofMillis(200);
    private static final Duration MAX = Duration.ofDays(1);

    /** 250 ms, bulk 500 ms, connect 1 s, stall 1 s, idle 15 s. */
    public static final Timeouts DEFAULT = ofOperation(Duration.ofMillis(250)); // after the constants it is made from

    public Timeouts {
        check("timeout", operation);
        check("bulk-timeout", bulk);
        check("connect", connect);
        check("stall", stall);
        check("idle", idle);
    }

    /** A deadline with the others in proportion: bulk is twice, stall four times as long but at least 1 s. */
    public static Timeouts ofOperation(Duration operation) {
        check("timeout", operation);
        Duration stall = shorter(operation.multipliedBy(4), MAX);
        return new Timeouts(
                operation,
                shorter(operation.multipliedBy(2), MAX),
                CONNECT_DEFAULT,
                stall.compareTo(STALL_MIN) < 0 ? STALL_MIN : stall,
                IDLE_DEFAULT);
    }

    public Timeouts withBulk(Duration changed) {
        return new Timeouts(operation, changed, connect, stall, idle);
    }

    public Timeouts withConnect(Duration changed) {
        return new Timeouts(operation, bulk, changed, stall, idle);
    }

    public Timeouts withStall(Duration changed) {
        return new Timeouts(operation, bulk, connect, changed, idle);
    }

    public Timeouts withIdle(Duration changed) {
        return new Timeouts(operation, bulk, connect, stall, changed);
    }

    /** How long a node may take to answer a probe. */
    Duration probe() {
        return shorter(operation.dividedBy(2), PROBE_MAX);
    }

    static void check(String name, Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(
                    "%s must be more than 0 and at most 1 day, was %s".formatted(name, value));
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
