package io.larder.protocol;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Requests of the classic text protocol. Nothing is checked here: keys must be free of blanks and control characters, as
 * the client has made sure. Never {@code noreply}: errors would vanish, and the next reply would be taken for another's.
 */
public final class TextRequestEncoder {
    private static final String CRLF = "\r\n";
    private static final String GET = "get";
    private static final String GETS = "gets";
    private static final String GAT = "gat ";
    private static final String CAS = "cas ";
    private static final String DELETE = "delete ";
    private static final String TOUCH = "touch ";
    private static final String INCR = "incr ";
    private static final String DECR = "decr ";

    private TextRequestEncoder() {}

    /** The commands that store a value unconditionally or under a condition other than CAS. */
    public enum Storage {
        SET,
        ADD,
        REPLACE,
        APPEND,
        PREPEND;

        private final String word = name().toLowerCase(Locale.ROOT) + " ";
    }

    /** {@code get}. */
    public static EncodedRequest get(byte[] key) {
        return retrieval(GET, key);
    }

    /** {@code gets}: the value comes with its CAS token. */
    public static EncodedRequest gets(byte[] key) {
        return retrieval(GETS, key);
    }

    /** {@code get} of several keys, answered in one reply. */
    public static EncodedRequest get(List<byte[]> keys) {
        return retrieval(new AsciiLine(GET.length() + length(keys)).put(GET), keys);
    }

    /** {@code gat} of several keys, answered in one reply. */
    public static EncodedRequest getAndTouch(List<byte[]> keys, long exptime) {
        AsciiLine line = new AsciiLine(GAT.length() + AsciiLine.NUMBER_BYTES_MAX + length(keys));
        return retrieval(line.put(GAT).number(exptime), keys);
    }

    private static int length(List<byte[]> keys) {
        int length = CRLF.length();
        for (byte[] key : keys) {
            length += 1 + key.length;
        }
        return length;
    }

    private static EncodedRequest retrieval(AsciiLine line, List<byte[]> keys) {
        for (byte[] key : keys) {
            line.blank().put(key);
        }
        return request(line, null);
    }

    /** {@code gat}: the value, which gets a new exptime. */
    public static EncodedRequest getAndTouch(byte[] key, long exptime) {
        AsciiLine line = new AsciiLine(GAT.length() + AsciiLine.NUMBER_BYTES_MAX + 1 + key.length + CRLF.length());
        return request(line.put(GAT).number(exptime).blank().put(key), null);
    }

    /** One of {@link Storage}; the array of the value is shared, not copied. */
    public static EncodedRequest store(Storage command, byte[] key, int flags, long exptime, byte[] data) {
        return request(storage(command.word, key, flags, exptime, data), data);
    }

    /** {@code cas}. */
    public static EncodedRequest cas(byte[] key, int flags, long exptime, long cas, byte[] data) {
        return request(storage(CAS, key, flags, exptime, data).blank().number(cas), data);
    }

    /** {@code delete}. */
    public static EncodedRequest delete(byte[] key) {
        return request(
                new AsciiLine(DELETE.length() + key.length + CRLF.length())
                        .put(DELETE)
                        .put(key),
                null);
    }

    /** {@code touch}. */
    public static EncodedRequest touch(byte[] key, long exptime) {
        return withNumber(TOUCH, key, exptime);
    }

    /** {@code incr} by an unsigned 64-bit number. */
    public static EncodedRequest incr(byte[] key, long by) {
        return withNumber(INCR, key, by);
    }

    /** {@code decr} by an unsigned 64-bit number. */
    public static EncodedRequest decr(byte[] key, long by) {
        return withNumber(DECR, key, by);
    }

    /** {@code version}. */
    public static EncodedRequest version() {
        return words("version");
    }

    /** {@code stats}, with words that say which. */
    public static EncodedRequest stats(List<String> args) {
        return words(args.isEmpty() ? "stats" : "stats " + String.join(" ", args));
    }

    /** {@code flush_all} after a delay in seconds. */
    public static EncodedRequest flushAll(long delaySeconds) {
        return words(delaySeconds == 0 ? "flush_all" : "flush_all " + delaySeconds);
    }

    /** {@code verbosity}. */
    public static EncodedRequest verbosity(int level) {
        return words("verbosity " + level);
    }

    /** {@code cache_memlimit} in megabytes. */
    public static EncodedRequest memoryLimit(int megabytes) {
        return words("cache_memlimit " + megabytes);
    }

    /** {@code lru_crawler metadump} of all items. */
    public static EncodedRequest dumpKeys() {
        return words("lru_crawler metadump all");
    }

    private static EncodedRequest retrieval(String word, byte[] key) {
        AsciiLine line = new AsciiLine(word.length() + 1 + key.length + CRLF.length());
        return request(line.put(word).blank().put(key), null);
    }

    private static AsciiLine storage(String word, byte[] key, int flags, long exptime, byte[] data) {
        int numbers = 4; // flags, exptime, length, and the token of cas
        AsciiLine line =
                new AsciiLine(word.length() + key.length + numbers * (1 + AsciiLine.NUMBER_BYTES_MAX) + CRLF.length());
        line.put(word).put(key);
        line.blank().number(Integer.toUnsignedLong(flags));
        line.blank().number(exptime);
        return line.blank().number(data.length);
    }

    private static EncodedRequest withNumber(String word, byte[] key, long number) {
        AsciiLine line = new AsciiLine(word.length() + key.length + 1 + AsciiLine.NUMBER_BYTES_MAX + CRLF.length());
        return request(line.put(word).put(key).blank().number(number), null);
    }

    private static EncodedRequest words(String text) {
        return request(new AsciiLine(text.length() + CRLF.length()).put(text), null);
    }

    private static EncodedRequest request(AsciiLine line, byte @Nullable [] data) {
        line.put(CRLF);
        return new EncodedRequest(line.bytes(), line.length(), data);
    }
}
