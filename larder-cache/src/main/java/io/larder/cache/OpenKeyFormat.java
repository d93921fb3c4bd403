package io.larder.cache;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The format of a place whose declared type says nothing, like {@code Object}: a letter for the type goes before the
 * value, so that {@code 1} and {@code "1"} stay apart. What has no key form is refused at the call.
 */
final class OpenKeyFormat implements KeyFormat {
    private static final Map<Class<?>, String> LETTERS = Map.ofEntries(
            Map.entry(String.class, "s"),
            Map.entry(Character.class, "c"),
            Map.entry(Boolean.class, "b"),
            Map.entry(Byte.class, "y"),
            Map.entry(Short.class, "h"),
            Map.entry(Integer.class, "i"),
            Map.entry(Long.class, "l"),
            Map.entry(Float.class, "f"),
            Map.entry(Double.class, "d"),
            Map.entry(BigInteger.class, "n"),
            Map.entry(BigDecimal.class, "m"),
            Map.entry(byte[].class, "a"));

    @Override
    public void write(KeyWriter out, Object value) {
        if (value instanceof List<?> list) {
            out.raw("L");
            KeyFormats.writeAll(out, list, this);
        } else if (value instanceof Set<?> set) {
            out.raw("S");
            KeyFormats.writeSorted(out, set, this);
        } else if (value instanceof Map<?, ?> map) {
            out.raw("M");
            KeyFormats.writeMap(out, map, this, this);
        } else {
            writeScalar(out, value);
        }
    }

    private static void writeScalar(KeyWriter out, Object value) {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        KeyFormat format = type == Object.class ? null : KeyFormats.scalar(type);
        if (format == null) {
            throw new IllegalArgumentException(
                    "a %s has no key form; declare the argument with its type and name a property of it in the key template"
                            .formatted(type.getName()));
        }
        String letter = LETTERS.get(type);
        if (letter == null) {
            out.raw('t');
            out.text(type.getName());
            out.raw('=');
        } else {
            out.raw(letter);
        }
        format.write(out, value);
    }
}
