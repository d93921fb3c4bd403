package io.larder.cache;

import org.jspecify.annotations.Nullable;

/** Writes the values of one declared type into keys, different ones differently. */
@FunctionalInterface
interface KeyFormat {
    /** Writes a value that is not null. */
    void write(KeyWriter out, Object value);

    /** Writes a value or the mark for none. */
    default void writeOrAbsent(KeyWriter out, @Nullable Object value) {
        if (value == null) {
            out.absent(1);
        } else {
            write(out, value);
        }
    }
}
