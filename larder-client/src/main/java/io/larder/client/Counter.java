package io.larder.client;

import io.larder.protocol.EncodedRequest;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import io.larder.protocol.TextRequestEncoder.Storage;
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

    Counter(NodeLink link, String key, byte[] wireKey) {
        this.link = link;
        this.key = key;
        this.wireKey = wireKey;
    }

    /** Changes it; empty if there is none. */
    OptionalLong change(String operation, long by, Deadline deadline) {
        if (by < 0) {
            throw new IllegalArgumentException(
                    "%s by %d of a counter: must be zero or more; use the opposite operation".formatted(operation, by));
        }
        EncodedRequest request =
                operation.equals("incr") ? TextRequestEncoder.incr(wireKey, by) : TextRequestEncoder.decr(wireKey, by);
        LineExchange exchange = link.call(LineExchange.count(operation, request), deadline);
        TextReply.Failure refusal = exchange.refusal();
        if (refusal != null) {
            throw Failures.refused(link.node(), operation, key, refusal);
        }
        return exchange.reply() instanceof TextReply.Count count
                ? OptionalLong.of(count.value())
                : OptionalLong.empty();
    }

    /** Changes it, or creates it. */
    long change(String operation, long by, long initial, long exptime, Deadline deadline) {
        byte[] data = Long.toUnsignedString(initial).getBytes(StandardCharsets.US_ASCII);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            OptionalLong changed = change(operation, by, deadline);
            if (changed.isPresent()) {
                return changed.getAsLong();
            }
            EncodedRequest request = TextRequestEncoder.store(Storage.ADD, wireKey, 0, exptime, data);
            LineExchange added = link.call(LineExchange.store(operation, request), deadline);
            if (added.reply() == Status.STORED) {
                return initial;
            }
            TextReply.Failure refusal = added.refusal();
            if (refusal != null) {
                throw Failures.refused(link.node(), operation, key, refusal);
            }
        }
        throw Failures.contended(link.node(), operation, key, ROUNDS_MAX);
    }
}
