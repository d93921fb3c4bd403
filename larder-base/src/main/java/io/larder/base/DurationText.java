package io.larder.base;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code "1d2h3m50s"}, {@code "250ms"}, {@code "90"} (seconds) or ISO {@code "PT1H"}.
 *
 * <p>Units are {@code w d h m s ms}, each at most once, longest first, whole numbers, no sign.
 */
public final class DurationText {
    private static final Pattern PARTS = Pattern.compile(
            "(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:(\\d+)s)?(?:(\\d+)ms)?", Pattern.CASE_INSENSITIVE);
    private static final long[] MILLIS = {604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1};
    private static final String[] UNITS = {"w", "d", "h", "m", "s", "ms"};
    private static final int CHARS_MAX = 100;

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if the text is none; the message names the text and the accepted forms
     */
    public static Duration parse(String text) {
        String trimmed = text.trim();
        try {
            if (trimmed.isEmpty() || trimmed.length() > CHARS_MAX) {
                throw unreadable(text);
            }
            if (trimmed.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Duration.ofSeconds(Long.parseLong(trimmed));
            }
            if (trimmed.charAt(0) == 'P' || trimmed.charAt(0) == 'p') {
                return nonNegative(Duration.parse(trimmed), text);
            }
            return parseParts(trimmed, text);
        } catch (NumberFormatException | ArithmeticException | DateTimeParseException e) {
            throw new IllegalArgumentException(unreadable(text).getMessage(), e);
        }
    }

    private static Duration parseParts(String trimmed, String text) {
        Matcher parts = PARTS.matcher(trimmed);
        if (!parts.matches()) {
            throw unreadable(text);
        }
        long millis = 0;
        for (int i = 0; i < MILLIS.length; i++) {
            String digits = parts.group(i + 1);
            if (digits != null) {
                millis = Math.addExact(millis, Math.multiplyExact(Long.parseLong(digits), MILLIS[i]));
            }
        }
        return Duration.ofMillis(millis);
    }

    /** Writes a duration in the form {@link #parse} reads, rounded down to milliseconds: {@code 90 s} is {@code "1m30s"}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis <= 0) {
            return "0s";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < MILLIS.length; i++) {
            long count = millis / MILLIS[i];
            millis %= MILLIS[i];
            if (count > 0) {
                out.append(count).append(UNITS[i]);
            }
        }
        return out.toString();
    }

    private static Duration nonNegative(Duration duration, String text) {
        if (duration.isNegative()) {
            throw unreadable(text);
        }
        return duration;
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException(
                "\"%s\" is not a duration; write it like 90 (seconds), 250ms, 10m, 1h30m or PT1H"
                        .formatted(Printable.of(text)));
    }
}
