package io.larder.cache;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What follows a path in a key template after a bar, {@code {email|lower}}: makes text of the value. Of null it makes null. Those of
 * a program are among its {@link Pipes}.
 */
record Pipe(Function<Object, String> text) implements Properties.Step {
    /** Those there are, for messages. */
    static final List<String> NAMES = List.of("lower", "upper", "sha256", "date(yyyy-MM-dd)");

    @Override
    public @Nullable Object from(Object value) {
        return text.apply(value);
    }

    /** Whether a name means one of Larder's own. */
    static boolean isBuiltIn(String name) {
        return NAMES.contains(name) || name.equals("date");
    }

    /**
     * The pipe of this name, or {@code null} if there is none for values of the type.
     *
     * @throws IllegalArgumentException if a date pattern is none
     */
    static @Nullable Pipe of(String name, Type type) {
        Class<?> raw = Types.raw(type);
        if (name.startsWith("date(") && name.endsWith(")") && TemporalAccessor.class.isAssignableFrom(raw)) {
            DateTimeFormatter format = DateTimeFormatter.ofPattern(name.substring(5, name.length() - 1), Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
            return new Pipe(value -> format.format((TemporalAccessor) value));
        }
        if (raw != String.class) {
            return null;
        }
        return switch (name) {
            case "lower" -> new Pipe(value -> value.toString().toLowerCase(Locale.ROOT));
            case "upper" -> new Pipe(value -> value.toString().toUpperCase(Locale.ROOT));
            case "sha256" ->
                new Pipe(value -> HexFormat.of()
                        .formatHex(KeyWriter.sha256(value.toString().getBytes(StandardCharsets.UTF_8))));
            default -> null;
        };
    }
}
