package io.larder.protocol;

import java.nio.ByteBuffer;

/** Walks over the words of a reply line in place. Every method throws {@link TextReplyException} on what is not there. */
final class LineCursor {
    private static final int KEY_BYTES_MAX = 250;

    private final ByteBuffer in;
    private final int start;
    private final int end;
    private int at;

    LineCursor(ByteBuffer in, int start, int end) {
        this.in = in;
        this.start = start;
        this.end = end;
        this.at = start;
    }

    /** A key: the bytes up to the next blank. */
    byte[] word() {
        int from = at;
        skipWord();
        if (at == from || at - from > KEY_BYTES_MAX) {
            throw TextReplyDecoder.notAReply(in, start, end);
        }
        byte[] word = new byte[at - from];
        in.get(from, word);
        return word;
    }

    /** A key, copied into an array of the longest; returns its length. */
    int word(byte[] into) {
        int from = at;
        skipWord();
        if (at == from || at - from > into.length) {
            throw TextReplyDecoder.notAReply(in, start, end);
        }
        in.get(from, into, 0, at - from);
        return at - from;
    }

    /** Passes over the bytes up to the next blank. */
    void skipWord() {
        while (at < end && in.get(at) != ' ') {
            at++;
        }
    }

    /** One byte of the line, which must have one more. */
    byte letter() {
        return in.get(at++);
    }

    boolean atDigit() {
        return at < end && TextReplyDecoder.isDigit(in.get(at));
    }

    void blank() {
        if (at == end || in.get(at) != ' ') {
            throw TextReplyDecoder.notAReply(in, start, end);
        }
        at++;
    }

    /** Decimal digits, at most {@code max}; both unsigned. */
    long number(long max) {
        int from = at;
        long value = 0;
        while (at < end && TextReplyDecoder.isDigit(in.get(at))) {
            int digit = in.get(at) - '0';
            // 10 * value + digit <= max, without overflow
            if (Long.compareUnsigned(value, Long.divideUnsigned(max - digit, 10)) > 0) {
                throw TextReplyDecoder.notAReply(in, start, end);
            }
            value = 10 * value + digit;
            at++;
        }
        if (at == from) {
            throw TextReplyDecoder.notAReply(in, start, end);
        }
        return value;
    }

    boolean atEnd() {
        return at == end;
    }

    void requireEnd() {
        if (at != end) {
            throw TextReplyDecoder.notAReply(in, start, end);
        }
    }
}
