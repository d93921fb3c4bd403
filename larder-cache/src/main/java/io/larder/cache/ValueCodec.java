package io.larder.cache;

import org.jspecify.annotations.Nullable;

/** The compact binary form of one declared type. Immutable. */
abstract class ValueCodec {
    /** Writes a value that is not null. */
    abstract void write(ByteOut out, Object value);

    /**
     * Reads a value.
     *
     * @throws RuntimeException if the bytes are none
     */
    abstract Object read(ByteIn in);

    /**
     * The form as text: whatever changes the meaning of the bytes changes it. A hash of it goes with each entry, so that
     * entries of a changed record are misses.
     */
    abstract String shape();

    /** Whether it was plugged in, and is no part of {@link ValueCodecs}. */
    boolean isPlugged() {
        return false;
    }

    final void writeNullable(ByteOut out, @Nullable Object value) {
        if (value == null) {
            out.oneByte(0);
        } else {
            out.oneByte(1);
            write(out, value);
        }
    }

    final @Nullable Object readNullable(ByteIn in) {
        return switch (in.oneByte()) {
            case 0 -> null;
            case 1 -> read(in);
            default -> throw new UnreadableException("neither null nor a value");
        };
    }
}
