package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Counters as text, as memcached reads and writes them: blanks in front, digits of an unsigned 64-bit number, then the end
 * or a blank, which hides what follows.
 */
final class Decimal {
    private static final int DIGITS_MAX = 20;

    private Decimal() {}

    /** The number, as unsigned bits; or a {@link NumberFormatException} where the text is none. */
    static long parse(byte[] text) {
        int at = 0;
        while (at < text.length && isBlank(text[at])) {
            at++;
        }
        int start = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        boolean ended = at == text.length || isBlank(text[at]);
        if (at == start || at - start > DIGITS_MAX || !ended) {
            throw new NumberFormatException();
        }
        return Long.parseUnsignedLong(new String(text, start, at - start, US_ASCII));
    }

    /** The digits of a number, filled up with blanks at the end to the width of what it replaces. */
    static byte[] format(long unsigned, int width) {
        byte[] digits = Long.toUnsignedString(unsigned).getBytes(US_ASCII);
        if (digits.length >= width) {
            return digits;
        }
        byte[] padded = Arrays.copyOf(digits, width);
        Arrays.fill(padded, digits.length, width, (byte) ' ');
        return padded;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
