package io.larder.bench;

import java.util.Arrays;

/**
 * The items of a trace in all its copies, numbered {@code copy * keys + key_id}, and what they look like on the wire.
 *
 * <p>A key on the wire has 20 digits in every copy, so that no copy's items are longer: the last 12 are the {@code key_id}, the
 * first 8 the copy.
 */
final class ReplayItems {
    private static final long COPY_FACTOR = 1_000_000_000_000L;

    private final Trace trace;
    private final byte[] value;

    ReplayItems(Trace trace, int copies) {
        if ((long) trace.keys() * copies > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("%d copies of %d keys are too many".formatted(copies, trace.keys()));
        }
        this.trace = trace;
        this.value = new byte[trace.valueBytesMax()];
        Arrays.fill(value, (byte) 'v');
    }

    int item(int copy, int keyId) {
        return copy * trace.keys() + keyId;
    }

    long wireKey(int item) {
        return item / trace.keys() * COPY_FACTOR + item % trace.keys();
    }

    int valueBytes(int item) {
        return trace.valueBytes(item % trace.keys());
    }

    /** Bytes to store; the first {@link #valueBytes} of them are the value. Shared, not to be changed. */
    byte[] value() {
        return value;
    }
}
