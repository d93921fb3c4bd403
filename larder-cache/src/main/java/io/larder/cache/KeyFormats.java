package io.larder.cache;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The key formats by declared type. A type without one is refused when the function is defined, because its
 * {@code toString} may name an address in memory, or hide a difference.
 */
final class KeyFormats {
    static final KeyFormat WHOLE_NUMBER = (out, value) -> out.number(((Number) value).longValue());

    static final KeyFormat STRING = (out, value) -> out.text((String) value);

    private static final Set<Class<?>> WHOLE_NUMBERS = Set.of(Long.class, Integer.class, Short.class, Byte.class);

    /** Their {@code toString} differs whenever they do. */
    private static final Set<Class<?>> TEXT = Set.of(
            Character.class,
            Boolean.class,
            Double.class,
            Float.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            URI.class,
            Duration.class,
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            MonthDay.class,
            OffsetDateTime.class,
            OffsetTime.class,
            Period.class,
            Year.class,
            YearMonth.class,
            ZonedDateTime.class,
            ZoneOffset.class);

    /** Declared types that say nothing; values under them carry a mark of their own type. */
    private static final Set<Class<?>> OPEN =
            Set.of(Object.class, Number.class, Comparable.class, CharSequence.class, java.io.Serializable.class);

    private final Set<Class<?>> enclosing = new HashSet<>();

    private KeyFormats() {}

    /** The format of a declared type, or {@code null} if it has none. */
    static @Nullable KeyFormat of(Type type) {
        return new KeyFormats().find(Types.boxed(type));
    }

    private @Nullable KeyFormat find(Type type) {
        Class<?> raw = Types.raw(type);
        KeyFormat scalar = scalar(raw);
        if (scalar != null) {
            return scalar;
        }
        if (raw.isRecord()) {
            return record(type, raw);
        }
        if (List.class.isAssignableFrom(raw)) {
            KeyFormat element = find(Types.argument(type, 0));
            return element == null ? null : (out, value) -> writeAll(out, (List<?>) value, element);
        }
        if (Set.class.isAssignableFrom(raw)) {
            KeyFormat element = find(Types.argument(type, 0));
            return element == null ? null : (out, value) -> writeSorted(out, (Set<?>) value, element);
        }
        if (Map.class.isAssignableFrom(raw)) {
            KeyFormat key = find(Types.argument(type, 0));
            KeyFormat value = find(Types.argument(type, 1));
            return key == null || value == null ? null : (out, map) -> writeMap(out, (Map<?, ?>) map, key, value);
        }
        if (raw == Optional.class && Types.raw(Types.argument(type, 0)) != Optional.class) {
            KeyFormat inner = find(Types.argument(type, 0));
            return inner == null ? null : (out, value) -> writeOptional(out, (Optional<?>) value, inner);
        }
        return null;
    }

    static @Nullable KeyFormat scalar(Class<?> raw) {
        if (WHOLE_NUMBERS.contains(raw)) {
            return WHOLE_NUMBER;
        }
        if (raw == String.class) {
            return STRING;
        }
        if (TEXT.contains(raw)) {
            return (out, value) -> out.text(value.toString());
        }
        if (raw.isEnum()) {
            return (out, value) -> out.text(((Enum<?>) value).name());
        }
        if (raw == byte[].class) {
            return (out, value) ->
                    out.text(Base64.getUrlEncoder().withoutPadding().encodeToString((byte[]) value));
        }
        return OPEN.contains(raw) ? new OpenKeyFormat() : null;
    }

    private @Nullable KeyFormat record(Type type, Class<?> raw) {
        if (!enclosing.add(raw)) {
            return null; // contains itself
        }
        List<Properties.Step> steps = new ArrayList<>();
        List<KeyFormat> formats = new ArrayList<>();
        for (RecordComponent component : raw.getRecordComponents()) {
            Properties.Property property = Properties.component(type, component);
            KeyFormat format = find(property.type());
            if (format == null) {
                return null;
            }
            steps.add(property.step());
            formats.add(format);
        }
        enclosing.remove(raw);
        return (out, value) -> {
            out.raw('(');
            for (int i = 0; i < formats.size(); i++) {
                separate(out, i);
                formats.get(i).writeOrAbsent(out, steps.get(i).from(value));
            }
            out.raw(')');
        };
    }

    static void writeAll(KeyWriter out, Iterable<?> values, KeyFormat element) {
        out.raw('[');
        int i = 0;
        for (Object value : values) {
            separate(out, i++);
            writeElement(out, value, element);
        }
        out.raw(']');
    }

    static void writeSorted(KeyWriter out, Set<?> values, KeyFormat element) {
        String[] parts = new String[values.size()];
        int i = 0;
        for (Object value : values) {
            KeyWriter part = out.part();
            writeElement(part, value, element);
            parts[i++] = part.written();
        }
        writeParts(out, parts, '[', ']');
    }

    /** An element that writes nothing gets a sign all the same, so that a list of one empty text is no empty list. */
    private static void writeElement(KeyWriter out, @Nullable Object value, KeyFormat element) {
        int before = out.length();
        element.writeOrAbsent(out, value);
        if (out.length() == before) {
            out.raw('%'); // no escape: those have two digits
        }
    }

    static void writeMap(KeyWriter out, Map<?, ?> map, KeyFormat key, KeyFormat value) {
        String[] parts = new String[map.size()];
        int i = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            KeyWriter part = out.part();
            key.writeOrAbsent(part, entry.getKey());
            part.raw('=');
            value.writeOrAbsent(part, entry.getValue());
            parts[i++] = part.written();
        }
        writeParts(out, parts, '(', ')');
    }

    private static void writeOptional(KeyWriter out, Optional<?> value, KeyFormat inner) {
        if (value.isEmpty()) {
            out.absent(2); // one is a null where the Optional should be
        } else {
            inner.write(out, value.get());
        }
    }

    private static void writeParts(KeyWriter out, String[] parts, char open, char close) {
        Arrays.sort(parts);
        out.raw(open);
        for (int i = 0; i < parts.length; i++) {
            separate(out, i);
            out.raw(parts[i]);
        }
        out.raw(close);
    }

    private static void separate(KeyWriter out, int index) {
        if (index > 0) {
            out.raw(',');
        }
    }
}
