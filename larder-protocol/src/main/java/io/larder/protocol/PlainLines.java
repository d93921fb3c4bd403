package io.larder.protocol;

import java.nio.ByteBuffer;

/**
 * Reads the two commonest lines in one pass: {@code set} as clients write it, and {@code mg} with flags that carry no number.
 *
 * <p>Whatever is unusual about a line, or not there yet, is {@link #NOT_PLAIN} and left to {@link TextCommands}, which knows the
 * whole grammar; a line read here means the same there. Holds the last line's findings; not thread-safe.
 */
final class PlainLines {
    /** The line is not one of those; the request may have been written to. */
    static final int NOT_PLAIN = -1;

    private static final int SET = Words.word("set ");
    private static final int MG = Words.word("mg k") & 0xff_ffff;
    private static final int DIGITS_MAX = 9;

    private int at;
    private int number;

    /** The announced size of a value. */
    int valueBytes() {
        return number;
    }

    /** Reads {@code set <key> <flags> <exptime> <bytes>}: index behind the line end. */
    int set(ByteBuffer in, int start, int limit, TextRequest request) {
        if (limit - start < Integer.BYTES || Words.intAt(in, start) != SET) {
            return NOT_PLAIN;
        }
        if (!key(in, start + 4, limit, request) || in.get(at - 1) != ' ' || !number(in, limit, ' ')) {
            return NOT_PLAIN;
        }
        request.flags = number;
        if (!number(in, limit, ' ')) {
            return NOT_PLAIN;
        }
        request.exptime = number;
        if (!number(in, limit, '\r') || at == limit || in.get(at) != '\n') {
            return NOT_PLAIN;
        }
        request.verb = Verb.SET;
        request.noreply = false;
        return at + 1;
    }

    /** Reads {@code mg <key> <flag>*}: index behind the line end. */
    int metaGet(ByteBuffer in, int start, int limit, TextRequest request) {
        if (limit - start < Integer.BYTES || (Words.intAt(in, start) & 0xff_ffff) != MG) {
            return NOT_PLAIN;
        }
        if (!key(in, start + 3, limit, request)) {
            return NOT_PLAIN;
        }
        MetaFlags flags = request.meta;
        flags.clear();
        at--;
        while (at + 1 < limit && in.get(at) == ' ') {
            int end = Words.end(in, at + 1, limit);
            if (!flags.addPlain(in.get(at + 1), at + 1, end)) {
                return NOT_PLAIN;
            }
            at = end;
        }
        if (at + 1 >= limit || in.get(at) != '\r' || in.get(at + 1) != '\n') {
            return NOT_PLAIN;
        }
        request.verb = Verb.MG;
        request.noreply = false;
        return at + 2;
    }

    /** A key that ends with a blank or a return; goes on behind that. */
    private boolean key(ByteBuffer in, int start, int limit, TextRequest request) {
        int end = Words.end(in, start, limit);
        request.keyStart = start;
        request.keyEnd = end;
        at = end + 1;
        return end > start && end - start <= TextRequestDecoder.KEY_BYTES_MAX && end < limit && isKeyEnd(in.get(end));
    }

    private static boolean isKeyEnd(byte b) {
        return b == ' ' || b == '\r';
    }

    /** A few digits, and behind them the byte given. */
    private boolean number(ByteBuffer in, int limit, char behind) {
        int start = at;
        int value = 0;
        while (at < limit && at - start <= DIGITS_MAX) {
            int digit = in.get(at) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = 10 * value + digit;
            at++;
        }
        int digits = at - start;
        if (digits == 0 || digits > DIGITS_MAX || at >= limit || in.get(at) != behind) {
            return false;
        }
        number = value;
        at++;
        return true;
    }
}
