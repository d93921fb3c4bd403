package io.larder.protocol;

import java.nio.ByteBuffer;

/** Reads the words of a command line in place. A cursor over one line: words are parted by blanks, nothing else. */
final class Token {
    private static final byte[] NOREPLY = {'n', 'o', 'r', 'e', 'p', 'l', 'y'};
    private static final int DIGITS_MAX = 20;
    private static final int SIGNED_DIGITS_MAX = 18;
    private static final byte[] LARGEST = {
        '1', '8', '4', '4', '6', '7', '4', '4', '0', '7', '3', '7', '0', '9', '5', '5', '1', '6', '1', '5'
    };

    private ByteBuffer line = ByteBuffer.allocate(0);
    private int at;
    private int lineEnd;
    private int start;
    private int end;

    /** Begins with the line's bytes {@code from} to {@code to}, line end excluded. */
    void over(ByteBuffer buffer, int from, int to) {
        line = buffer;
        at = from;
        lineEnd = to;
        start = from;
        end = from;
    }

    /** Moves to the next word. */
    boolean next() {
        while (at < lineEnd && line.get(at) == ' ') {
            at++;
        }
        start = at;
        while (at < lineEnd && line.get(at) != ' ') {
            at++;
        }
        end = at;
        return end > start;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Where the line ends. */
    int lineEnd() {
        return lineEnd;
    }

    byte first() {
        return line.get(start);
    }

    byte last() {
        return line.get(end - 1);
    }

    /** Leaves the first byte of the word out. */
    void skipFirst() {
        start++;
    }

    int length() {
        return end - start;
    }

    /** How many words are left. */
    int countRest() {
        int savedAt = at;
        int savedStart = start;
        int savedEnd = end;
        int count = 0;
        while (next()) {
            count++;
        }
        at = savedAt;
        start = savedStart;
        end = savedEnd;
        return count;
    }

    /** Whether the last word of the line is {@code noreply}; the cursor stays. */
    boolean lastIsNoreply() {
        int last = lineEnd;
        while (last > at && line.get(last - 1) == ' ') {
            last--;
        }
        int from = last - NOREPLY.length;
        return from > at && line.get(from - 1) == ' ' && matches(from, last, NOREPLY);
    }

    boolean is(byte[] word) {
        return matches(start, end, word);
    }

    boolean startsWith(byte[] prefix) {
        return length() >= prefix.length && matches(start, start + prefix.length, prefix);
    }

    private boolean matches(int from, int to, byte[] word) {
        if (to - from != word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (line.get(from + i) != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** The current word as an unsigned 64-bit number; {@link #isUnsigned} told that it is one. */
    long unsigned() {
        long value = 0;
        for (int i = firstDigit(); i < end; i++) {
            value = value * 10 + (line.get(i) - '0');
        }
        return value;
    }

    /** Whether the current word is a decimal number below 2^64, with or without a plus sign. */
    boolean isUnsigned() {
        int digit = firstDigit();
        if (digit == end) {
            return false;
        }
        while (digit < end - 1 && line.get(digit) == '0') {
            digit++;
        }
        int digits = end - digit;
        if (digits > DIGITS_MAX) {
            return false;
        }
        int compared = 0; // with the largest number of as many digits
        for (int i = digit; i < end; i++) {
            byte b = line.get(i);
            if (b < '0' || b > '9') {
                return false;
            }
            if (compared == 0) {
                compared = Byte.compare(b, LARGEST[i - digit]);
            }
        }
        return digits < DIGITS_MAX || compared <= 0;
    }

    /** Whether the current word is a whole number of at most 18 digits with or without a sign. */
    boolean isSigned() {
        int digit = firstDigit();
        if (digit == start && digit < end && line.get(digit) == '-') {
            digit++;
        }
        if (digit == end || end - digit > SIGNED_DIGITS_MAX) {
            return false;
        }
        for (int i = digit; i < end; i++) {
            if (line.get(i) < '0' || line.get(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** The current word as a signed number; {@link #isSigned} told that it is one. */
    long signed() {
        if (line.get(start) != '-') {
            return unsigned();
        }
        long value = 0;
        for (int i = start + 1; i < end; i++) {
            value = value * 10 - (line.get(i) - '0');
        }
        return value;
    }

    private int firstDigit() {
        return start < end && line.get(start) == '+' ? start + 1 : start;
    }
}
