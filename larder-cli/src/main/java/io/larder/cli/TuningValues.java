package io.larder.cli;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What memcached takes as values of flags that tune only what it has. They change nothing here, but a slip of the pen in one is
 * told as it would be there; what is wrong is said by an {@link IllegalArgumentException} in a line.
 */
final class TuningValues {
    private static final long UNSIGNED_INT_MAX = (1L << 32) - 1;
    private static final int SLAB_STEP_MIN = 8; // memcached's, between one class and the next

    private TuningValues() {}

    static Consumer<String> whole(long min, long max) {
        return value -> {
            long number;
            try {
                number = Long.parseLong(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not a whole number", e);
            }
            if (number < min || number > max) {
                throw new IllegalArgumentException(
                        "%d is not between %d and %d, as memcached wants it".formatted(number, min, max));
            }
        };
    }

    /** A number of 32 bits without a sign. */
    static Consumer<String> whole() {
        return whole(0, UNSIGNED_INT_MAX);
    }

    static Consumer<String> number() {
        return TuningValues::parsed;
    }

    static Consumer<String> numberAbove(double bound) {
        return value -> {
            if (!(parsed(value) > bound)) {
                throw new IllegalArgumentException("not greater than %.0f, as memcached wants it".formatted(bound));
            }
        };
    }

    static Consumer<String> share() {
        return value -> {
            double number = parsed(value);
            if (!(number > 0 && number < 1)) {
                throw new IllegalArgumentException("not between 0 and 1, as memcached wants it");
            }
        };
    }

    static Consumer<String> oneOf(String... names) {
        List<String> known = List.of(names);
        return value -> {
            if (!known.contains(value)) {
                throw new IllegalArgumentException("memcached knows only " + String.join(", ", known));
            }
        };
    }

    /** Sizes parted by dashes, each larger than the one before. */
    static void slabSizes(String value) {
        long before = 0;
        for (String size : Arrays.asList(value.split("-", -1))) {
            whole(1, UNSIGNED_INT_MAX).accept(size);
            if (before > 0 && Long.parseLong(size) < before + SLAB_STEP_MIN) {
                throw new IllegalArgumentException(
                        "size %s is not at least %d above the one before it, as memcached wants it"
                                .formatted(size, SLAB_STEP_MIN));
            }
            before = Long.parseLong(size);
        }
    }

    private static double parsed(String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number", e);
        }
    }
}
