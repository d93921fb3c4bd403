package io.larder.cache;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One <code>{path}</code> of a key template, compiled: how to get from the argument to the value, and how to write it.
 */
final class KeySlot {
    /** Enters an Optional on the way to one of its value's properties. */
    static final Properties.Step ENTER_OPTIONAL = owner -> ((Optional<?>) owner).orElse(null);

    private final String path;
    private final @Nullable Supplier<String> source;
    private final Properties.Step[] steps;
    private final KeyFormat format;
    private final char separator;

    /**
     * Puts a slot together.
     *
     * @param path as written
     * @param source where the way begins, if not at the argument
     * @param steps from the argument to the value, in order
     * @param separator what follows in the template, 0 at its end
     */
    KeySlot(
            String path,
            @Nullable Supplier<String> source,
            List<Properties.Step> steps,
            KeyFormat format,
            char separator) {
        this.path = path;
        this.source = source;
        this.steps = steps.toArray(Properties.Step[]::new);
        this.format = format;
        this.separator = separator;
    }

    /** Whether the argument itself is the value, and written in this format. */
    boolean isWhole(KeyFormat as) {
        return source == null && steps.length == 0 && format == as;
    }

    /**
     * Writes the value, {@code ~} for null. Where an Optional on the way is empty, one mark more for each step not taken
     * and two besides, so that it differs from a null and from an empty Optional at the end.
     *
     * @throws IllegalArgumentException if anything else on the way is null: that would look like a null at the end
     */
    void write(KeyWriter out, @Nullable Object argument) {
        out.beginSlot(separator);
        Object value = source == null ? argument : source.get();
        for (int i = 0; i < steps.length; i++) {
            if (value == null && i > 0 && steps[i - 1] == ENTER_OPTIONAL) {
                out.absent(2 + steps.length - i);
                return;
            }
            if (value == null && steps[i] instanceof Pipe) {
                break;
            }
            if (value == null) {
                throw new IllegalArgumentException(
                        "the key needs {%s}, but what is before its last dot is null; pass a value, or an Optional"
                                .formatted(path));
            }
            value = steps[i].from(value);
        }
        format.writeOrAbsent(out, value);
    }
}
