package io.larder.client;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * A counter on its node.
 *
 * <p>The classic protocol cannot create one while counting: where there is none it is added, and where that comes too late
 * it is counted again. A round fails only if the counter vanishes in between, so few are enough.
 */
final class Counter {
    private static final int ROUNDS_MAX = 3;

    private final NodeLink link;
    private final String key;
    private final byte[] wireKey;
    private final boolean up;

    Counter(NodeLink link, String key, byte[] wireKey, boolean up) {
        this.link = link;
        this.key = key;
        this.wireKey = wireKey;
        this.up = up;
    }

    /** Changes it; empty if there is none. */
    CountCall change(long by) {
        return new CountCall(link, key, wireKey, up, by, false, 0, 0);
    }

    /** Changes it, or creates it. */
    long change(long by, long initial, long exptime, Deadline deadline) {
        byte[] data = Long.toUnsignedString(initial).getBytes(StandardCharsets.US_ASCII);
        String operation = up ? "incr" : "decr";
        for (int round = 0; round < ROUNDS_MAX; round++) {
            OptionalLong changed = new CountCall(link, key, wireKey, up, by, true, initial, exptime).run(deadline);
            if (changed.isPresent()) {
                return changed.getAsLong();
            }
            StoreResult added = StoreCall.of(
                            StoreCall.Kind.ADD, operation, link, key, wireKey, new Encoded(0, data), exptime)
                    .run(deadline);
            if (added == StoreResult.STORED) {
                return initial;
            }
            if (added != StoreResult.NOT_STORED) {
                throw Failures.notStored(link.node(), operation, key, added);
            }
        }
        throw Failures.contended(link.node(), operation, key, ROUNDS_MAX);
    }
}
