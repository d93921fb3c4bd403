package io.larder.cache;

/**
 * How often a value may be served, besides how long. Uses are counted in this process, per key, from the write of a value;
 * beyond 100,000 keys the counts of those seldom used are forgotten and begin again.
 *
 * @param max uses after which the value is loaded anew before it is served; at least 1, {@link Long#MAX_VALUE} for no limit
 * @param refreshAfter the use from which the value is loaded anew in the background; at least 1, {@link Long#MAX_VALUE} for
 *     never
 */
public record Hits(long max, long refreshAfter) {
    /** Values are served as often as wanted. */
    public static final Hits UNLIMITED = new Hits(Long.MAX_VALUE, Long.MAX_VALUE);

    public Hits {
        if (max < 1) {
            throw new IllegalArgumentException(
                    "hits must be at least 1, was %d; leave it out for no limit".formatted(max));
        }
        if (refreshAfter < 1 || (refreshAfter > max && refreshAfter != Long.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    max == Long.MAX_VALUE
                            ? "refreshAfter must be at least 1, was " + refreshAfter
                            : "refreshAfter must be from 1 to hits (%d), was %d".formatted(max, refreshAfter));
        }
    }

    /** At most that many uses. */
    public static Hits of(long max) {
        return new Hits(max, Long.MAX_VALUE);
    }

    /** The same with a reload in the background from that use on. */
    public Hits refreshAfter(long uses) {
        return new Hits(max, uses);
    }
}
