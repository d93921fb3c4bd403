package io.larder.protocol;

import io.larder.base.Printable;
import io.larder.protocol.TextReply.Failure;
import io.larder.protocol.TextReply.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the classic text protocol and meta replies as a client sees them, however the bytes are cut. Not thread-safe: one per connection, used
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
    private static final byte[] DUMPED_KEY = ascii("key=");
    private static final byte[] ERROR = ascii("ERROR");
    private static final byte[] CLIENT_ERROR = ascii("CLIENT_ERROR ");
    private static final byte[] SERVER_ERROR = ascii("SERVER_ERROR ");

    /** Filled again for each meta reply. */
    private final MetaReply meta = new MetaReply();

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
            if (startsWith(in, start, in.limit(), DUMPED_KEY)) {
                return dumpedKey(in, start);
            }
            int end = lineEnd(in);
            if (end < 0) {
                return null;
            }
            in.position(end + 2);
            MetaReply.Code code = metaCode(in, start, end);
            if (code != null) {
                return code == MetaReply.Code.VA ? metaValue(in, start, end) : meta(code, in, start, end);
            }
            if (!startsWith(in, start, end, VALUE)) {
                return line(in, start, end);
            }
            return value(in, start, end);
        }
        return finish(open, in);
    }

    private @Nullable TextReply finish(ValueInProgress open, ByteBuffer in) {
        byte[] whole = open.read(in);
        if (whole == null) {
            return null;
        }
        value = null;
        return open.isMeta() ? meta.withData(whole) : open.value(whole);
    }

    /** The code of a meta reply: two letters, alone or before a blank. */
    private static MetaReply.@Nullable Code metaCode(ByteBuffer in, int start, int end) {
        if (end - start < 2 || (end - start > 2 && in.get(start + 2) != ' ')) {
            return null;
        }
        return MetaReply.Code.of(in.get(start), in.get(start + 1));
    }

    private MetaReply meta(MetaReply.Code code, ByteBuffer in, int start, int end) {
        return meta.fill(code, new LineCursor(in, start + 2, end));
    }

    /** {@code VA <bytes> <flags>*}, then the value. */
    private @Nullable TextReply metaValue(ByteBuffer in, int start, int end) {
        LineCursor cursor = new LineCursor(in, start + 2, end);
        cursor.blank();
        int length = (int) cursor.number(VALUE_BYTES_MAX);
        meta.fill(MetaReply.Code.VA, cursor);
        if (in.remaining() >= length + 2) { // the usual case: all of it is there
            return meta.withData(data(in, length));
        }
        ValueInProgress open = new ValueInProgress(null, 0, length, 0);
        value = open;
        return finish(open, in);
    }

    /** A value whose bytes have all arrived. */
    private static byte[] data(ByteBuffer in, int length) {
        byte[] data = new byte[length];
        in.get(data);
        requireLineEnd(in, length);
        return data;
    }

    private static void requireLineEnd(ByteBuffer in, int length) {
        if (in.get() != '\r' || in.get() != '\n') {
            throw new TextReplyException("sent a value that does not end after its %d bytes".formatted(length));
        }
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

    /** {@code key=<key> exp=<time> ...}: memcached ends these lines by LF alone. */
    private static TextReply.@Nullable DumpedKey dumpedKey(ByteBuffer in, int start) {
        int last = Math.min(in.limit(), start + LINE_BYTES_MAX);
        for (int i = start; i < last; i++) {
            if (in.get(i) == '\n') {
                in.position(i + 1);
                String line = text(in, start + DUMPED_KEY.length, i);
                return new TextReply.DumpedKey(line.stripTrailing());
            }
        }
        if (in.remaining() >= LINE_BYTES_MAX) {
            throw new TextReplyException("%d bytes without a line end".formatted(LINE_BYTES_MAX));
        }
        return null;
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

    /** {@code VALUE <key> <flags> <bytes> [<cas>]}, then the value. */
    private @Nullable TextReply value(ByteBuffer in, int start, int end) {
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
        if (in.remaining() >= length + 2) { // the usual case: all of it is there
            return new TextReply.Value(key, flags, data(in, length), cas);
        }
        ValueInProgress open = new ValueInProgress(key, flags, length, cas);
        value = open;
        return finish(open, in);
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
        private final byte @Nullable [] key; // null: of a meta reply, which holds its own
        private final int flags;
        private final int length;
        private final long cas;
        private byte[] data;
        private int filled;

        ValueInProgress(byte @Nullable [] key, int flags, int length, long cas) {
            this.key = key;
            this.flags = flags;
            this.length = length;
            this.cas = cas;
            this.data = new byte[Math.min(length, VALUE_BYTES_AT_ONCE)];
        }

        boolean isMeta() {
            return key == null;
        }

        TextReply.Value value(byte[] whole) {
            return new TextReply.Value(Objects.requireNonNull(key), flags, whole, cas);
        }

        /** The bytes, once they have all arrived. */
        byte @Nullable [] read(ByteBuffer in) {
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
            requireLineEnd(in, length);
            return data;
        }
    }
}
