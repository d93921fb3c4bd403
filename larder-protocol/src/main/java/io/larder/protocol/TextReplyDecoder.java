package io.larder.protocol;

import io.larder.base.Printable;
import io.larder.protocol.TextReply.Failure;
import io.larder.protocol.TextReply.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the classic text protocol as a client sees it, however the bytes are cut. Not thread-safe: one per connection, used
 * by one thread at a time.
 *
 * <p>The memory of a value grows with the bytes that have arrived, not with the length announced.
 */
public final class TextReplyDecoder {
    /** Longest line read, CRLF included. */
    public static final int LINE_BYTES_MAX = 8192;

    /** Largest value read, in bytes: what {@code memcached -I} allows at most. */
    public static final int VALUE_BYTES_MAX = 1 << 30;

    private static final int VALUE_BYTES_AT_ONCE = 1 << 20;
    private static final Status[] STATUSES = Status.values();
    private static final byte[][] STATUS_WORDS =
            Arrays.stream(STATUSES).map(s -> ascii(s.name())).toArray(byte[][]::new);
    private static final byte[] VALUE = ascii("VALUE ");
    private static final byte[] STAT = ascii("STAT ");
    private static final byte[] VERSION = ascii("VERSION ");
    private static final byte[] ERROR = ascii("ERROR");
    private static final byte[] CLIENT_ERROR = ascii("CLIENT_ERROR ");
    private static final byte[] SERVER_ERROR = ascii("SERVER_ERROR ");

    private @Nullable ValueInProgress value;

    /**
     * Returns the next piece, or {@code null} when only part of one has arrived. What is left in {@code in} then has to be
     * there again, followed by more bytes, at the next call; it is shorter than {@value #LINE_BYTES_MAX} bytes.
     *
     * @throws TextReplyException if the bytes are no reply; the decoder is of no use afterwards
     */
    public @Nullable TextReply next(ByteBuffer in) {
        ValueInProgress open = value;
        if (open == null) {
            int start = in.position();
            int end = lineEnd(in);
            if (end < 0) {
                return null;
            }
            in.position(end + 2);
            if (!startsWith(in, start, end, VALUE)) {
                return line(in, start, end);
            }
            open = valueLine(in, start, end);
            value = open;
        }
        TextReply.Value whole = open.read(in);
        if (whole != null) {
            value = null;
        }
        return whole;
    }

    /** Index of the CR that ends the line at the position, or -1. */
    private static int lineEnd(ByteBuffer in) {
        int last = Math.min(in.limit(), in.position() + LINE_BYTES_MAX) - 1;
        for (int i = in.position(); i < last; i++) {
            if (in.get(i) == '\r' && in.get(i + 1) == '\n') {
                return i;
            }
        }
        if (in.remaining() >= LINE_BYTES_MAX) {
            throw new TextReplyException("%d bytes without a line end".formatted(LINE_BYTES_MAX));
        }
        return -1;
    }

    private static TextReply line(ByteBuffer in, int start, int end) {
        for (int i = 0; i < STATUSES.length; i++) {
            if (end - start == STATUS_WORDS[i].length && startsWith(in, start, end, STATUS_WORDS[i])) {
                return STATUSES[i];
            }
        }
        if (start < end && isDigit(in.get(start))) {
            return number(in, start, end);
        }
        if (startsWith(in, start, end, STAT)) {
            return stat(text(in, start + STAT.length, end));
        }
        if (startsWith(in, start, end, VERSION)) {
            return new TextReply.Version(text(in, start + VERSION.length, end));
        }
        if (startsWith(in, start, end, SERVER_ERROR)
                || startsWith(in, start, end, CLIENT_ERROR)
                || startsWith(in, start, end, ERROR)) {
            String line = text(in, start, end);
            return new Failure(kind(line), line);
        }
        throw notAReply(in, start, end);
    }

    private static TextReply number(ByteBuffer in, int start, int end) {
        int digitsEnd = end;
        while (digitsEnd > start && in.get(digitsEnd - 1) == ' ') {
            digitsEnd--; // a counter that became shorter is padded in the store
        }
        LineCursor cursor = new LineCursor(in, start, digitsEnd);
        long number = cursor.number(-1L);
        cursor.requireEnd();
        return new TextReply.Count(number);
    }

    private static TextReply stat(String text) {
        int blank = text.indexOf(' ');
        return blank < 0
                ? new TextReply.Stat(text, "")
                : new TextReply.Stat(text.substring(0, blank), text.substring(blank + 1));
    }

    private static Failure.Kind kind(String line) {
        if (line.equals("SERVER_ERROR object too large for cache")) {
            return Failure.Kind.TOO_LARGE;
        }
        if (line.startsWith("SERVER_ERROR out of memory")) {
            return Failure.Kind.OUT_OF_MEMORY;
        }
        if (line.equals("CLIENT_ERROR cannot increment or decrement non-numeric value")) {
            return Failure.Kind.NOT_NUMERIC;
        }
        return Failure.Kind.OTHER;
    }

    /** {@code VALUE <key> <flags> <bytes> [<cas>]}. */
    private static ValueInProgress valueLine(ByteBuffer in, int start, int end) {
        LineCursor cursor = new LineCursor(in, start + VALUE.length, end);
        byte[] key = cursor.word();
        cursor.blank();
        int flags = (int) cursor.number(0xffff_ffffL);
        cursor.blank();
        int length = (int) cursor.number(VALUE_BYTES_MAX);
        long cas = 0;
        if (!cursor.atEnd()) {
            cursor.blank();
            cas = cursor.number(-1L);
        }
        cursor.requireEnd();
        return new ValueInProgress(key, flags, length, cas);
    }

    static TextReplyException notAReply(ByteBuffer in, int start, int end) {
        ByteBuffer line = in.duplicate().limit(end).position(start);
        return new TextReplyException("sent \"%s\", which is no memcached reply".formatted(Printable.of(line)));
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean startsWith(ByteBuffer in, int start, int end, byte[] word) {
        if (end - start < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (in.get(start + i) != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static String text(ByteBuffer in, int start, int end) {
        byte[] bytes = new byte[end - start];
        in.get(start, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A value whose line was read and whose bytes are arriving. */
    private static final class ValueInProgress {
        private final byte[] key;
        private final int flags;
        private final int length;
        private final long cas;
        private byte[] data;
        private int filled;

        ValueInProgress(byte[] key, int flags, int length, long cas) {
            this.key = key;
            this.flags = flags;
            this.length = length;
            this.cas = cas;
            this.data = new byte[Math.min(length, VALUE_BYTES_AT_ONCE)];
        }

        TextReply.@Nullable Value read(ByteBuffer in) {
            while (filled < length && in.hasRemaining()) {
                if (filled == data.length) {
                    data = Arrays.copyOf(data, (int) Math.min(length, 2L * data.length));
                }
                int part = Math.min(in.remaining(), data.length - filled);
                in.get(data, filled, part);
                filled += part;
            }
            if (filled < length || in.remaining() < 2) {
                return null;
            }
            if (in.get() != '\r' || in.get() != '\n') {
                throw new TextReplyException("sent a value that does not end after its %d bytes".formatted(length));
            }
            return new TextReply.Value(key, flags, data, cas);
        }
    }
}
