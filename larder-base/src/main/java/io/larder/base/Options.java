package io.larder.base;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Named settings as text, read by type. Unknown names are errors with a suggestion, so a typing mistake never
 * silently means the default. Immutable.
 */
public final class Options {
    private final String owner;
    private final Map<String, String> values;

    /**
     * Wraps settings.
     *
     * @param owner whose they are, for messages: {@code "mem:"}
     */
    public Options(String owner, Map<String, String> values) {
        this.owner = owner;
        this.values = new LinkedHashMap<>(values);
    }

    /**
     * Refuses names that are not known.
     *
     * @throws IllegalArgumentException naming the first unknown one and the nearest known one
     */
    public Options allowing(String... known) {
        Collection<String> names = List.of(known);
        for (String name : values.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "%s has no option \"%s\"; %s".formatted(owner, Printable.of(name), Suggestion.of(name, names)));
            }
        }
        return this;
    }

    /** The text as written, or {@code null} where the option is not set. */
    public @Nullable String text(String name) {
        return values.get(name);
    }

    /** A duration in the forms of {@link DurationText}. */
    public Duration duration(String name, Duration whenAbsent) {
        return read(name, whenAbsent, DurationText::parse);
    }

    /** A size in bytes in the forms of {@link SizeText}. */
    public long size(String name, long whenAbsent) {
        return read(name, whenAbsent, SizeText::parse);
    }

    /** A whole number between the two limits, both included. */
    public long number(String name, long whenAbsent, long min, long max) {
        return read(name, whenAbsent, text -> {
            long value;
            try {
                value = Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("\"%s\" is not a whole number".formatted(Printable.of(text)), e);
            }
            if (value < min || value > max) {
                throw new IllegalArgumentException("%d is not between %d and %d".formatted(value, min, max));
            }
            return value;
        });
    }

    private <T> T read(String name, T whenAbsent, Function<String, T> parser) {
        String text = values.get(name);
        if (text == null) {
            return whenAbsent;
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s option \"%s\": %s".formatted(owner, name, e.getMessage()), e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Options that && owner.equals(that.owner) && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return 31 * owner.hashCode() + values.hashCode();
    }

    @Override
    public String toString() {
        return values.keySet().toString(); // names only: a value may be a secret
    }
}
