package io.larder.base;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as people write them: {@code "64MB"}, {@code "1g"}, {@code "4096"}. Units are powers of 1024. */
public final class SizeText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,19})\\s*([kmgt]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";

    private SizeText() {}

    /**
     * Reads a size.
     *
     * @return bytes, zero or more
     * @throws IllegalArgumentException if the text is none, or exceeds 2^63 - 1 bytes
     */
    public static long parse(String text) {
        Matcher form = FORM.matcher(text.trim());
        if (!form.matches()) {
            throw unreadable(text);
        }
        String unit = form.group(2).toLowerCase(Locale.ROOT);
        int shift = unit.isEmpty() ? 0 : 10 * (UNITS.indexOf(unit) + 1);
        try {
            return Math.multiplyExact(Long.parseLong(form.group(1)), 1L << shift);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(unreadable(text).getMessage(), e);
        }
    }

    /** Writes a size with the largest unit that divides it: 67108864 is {@code "64MB"}. */
    public static String format(long bytes) {
        for (int i = UNITS.length() - 1; i >= 0; i--) {
            long unit = 1L << (10 * (i + 1));
            if (bytes >= unit && bytes % unit == 0) {
                return bytes / unit + String.valueOf(UNITS.charAt(i)).toUpperCase(Locale.ROOT) + "B";
            }
        }
        return bytes + "B";
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException(
                "\"%s\" is not a size; write it like 4096, 64KB, 64MB or 1GB".formatted(Printable.of(text)));
    }
}
