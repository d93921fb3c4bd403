package io.larder.client;

import io.larder.base.HostPort;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What becomes of calls to a node that is down: one that could not be reached, or that leaves {@value Connection#SILENT_MISSES}
 * calls in a row without any answer. Calls on their way when it goes down fail in any case.
 *
 * <p>Deletes that did not reach their node, and writes that another node took in its place, are remembered and replayed as
 * deletes when the node returns, before anything is read from it: see {@link Limits#missedDeletesMax}.
 *
 * @param kind what happens
 * @param gutter nodes that stand in, for {@link Kind#GUTTER}; empty otherwise
 * @param gutterTtl longest TTL of what stands there, whole seconds; zero otherwise
 */
public record FailurePolicy(Kind kind, List<Node> gutter, Duration gutterTtl) {
    /** Calls fail at once with {@link NodeUnavailableException}. */
    public static final FailurePolicy FAIL_FAST = new FailurePolicy(Kind.FAIL_FAST, List.of(), Duration.ZERO);

    /** All views are {@link View#lenient}: reads miss, stores are {@link StoreResult#UNAVAILABLE}, all else fails at once. */
    public static final FailurePolicy IGNORE = new FailurePolicy(Kind.IGNORE, List.of(), Duration.ZERO);

    /**
     * The keys of the node go to those that follow on the ring, and back when it returns. Other clients that do not see the
     * node down go on using it, so processes may differ for a while.
     */
    public static final FailurePolicy REHASH = new FailurePolicy(Kind.REHASH, List.of(), Duration.ZERO);

    private static final Duration GUTTER_TTL_DEFAULT = Duration.ofSeconds(10);
    private static final Duration GUTTER_TTL_MAX = Duration.ofDays(30);

    /** The ways to deal with a node that is down. */
    public enum Kind {
        FAIL_FAST,
        IGNORE,
        REHASH,
        GUTTER;

        /** The name in URLs: {@code fail-fast}, {@code ignore}, {@code rehash}, {@code gutter}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public FailurePolicy {
        gutter = List.copyOf(gutter);
        if (kind == Kind.GUTTER) {
            MemcachedConfig.checkNodes(gutter);
            if (gutterTtl.compareTo(Duration.ofSeconds(1)) < 0 || gutterTtl.compareTo(GUTTER_TTL_MAX) > 0) {
                throw new IllegalArgumentException(
                        "gutter-ttl must be from 1 second to 30 days, was %s".formatted(gutterTtl));
            }
        } else if (!gutter.isEmpty() || !gutterTtl.isZero()) {
            throw new IllegalArgumentException("failure=%s has no gutter; write failure=gutter".formatted(kind.word()));
        }
    }

    /**
     * Nodes of their own stand in for those that are down.
     *
     * @param nodes at least one; best none of the ordinary ones
     * @param ttl longest TTL there, so that little of it is left when the node is down once more
     */
    public static FailurePolicy gutter(List<Node> nodes, Duration ttl) {
        return new FailurePolicy(Kind.GUTTER, nodes, ttl);
    }

    /** {@link #gutter(List, Duration)} with 10 seconds. */
    public static FailurePolicy gutter(Node... nodes) {
        return gutter(List.of(nodes), GUTTER_TTL_DEFAULT);
    }

    /** Reads the options {@code failure}, {@code gutter} and {@code gutter-ttl} of a URL. */
    static FailurePolicy of(Kind kind, String gutter, Duration gutterTtl) {
        if (kind != Kind.GUTTER) {
            return new FailurePolicy(kind, gutterNodes(gutter), Duration.ZERO);
        }
        return gutter(gutterNodes(gutter), gutterTtl.isZero() ? GUTTER_TTL_DEFAULT : gutterTtl);
    }

    private static List<Node> gutterNodes(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(HostPort::parse)
                        .map(Node::of)
                        .toList();
    }
}
