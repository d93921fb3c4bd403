package io.larder.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests of the classic text protocol out of the bytes of one connection, however these arrive cut.
 *
 * <p>It consumes what it has understood by moving the buffer's position, never blocks, allocates nothing, and keeps only a
 * few numbers between calls: the caller keeps the unconsumed bytes and offers them again with more behind. A list of keys is
 * delivered key by key, so a multiget may be of any length. Not thread-safe; one decoder a connection.
 */
public final class TextRequestDecoder {
    /** Longest command line, in bytes with its line end; lists of keys may be longer. */
    public static final int LINE_BYTES_MAX = 2048;

    /** Longest key, in bytes. */
    public static final int KEY_BYTES_MAX = 250;

    /** What {@link #next} found. */
    public enum Step {
        /** Nothing whole: offer the unconsumed bytes again with more behind. */
        INCOMPLETE,
        /** One key of a retrieval. */
        KEY,
        /** The last key of a retrieval has been delivered. */
        KEYS_END,
        /** A request other than a retrieval, whole with its value. */
        REQUEST,
        /** An error; the stream stays in step. */
        REFUSED,
        /** A value beyond the limit, whose bytes will be passed over; verb and key are told. */
        TOO_LARGE,
        /** Framing is lost: answer with the refusal's line if there is one to give, then close. */
        LOST
    }

    private final int valueBytesMax;
    private final Token token = new Token();
    private final TextCommands commands;
    private final PlainLines plain = new PlainLines();

    private boolean retrieving;
    private Verb retrieval = Verb.GET;
    private long retrievalExptime;
    private boolean anyKey;
    private boolean skippingLine;
    private long swallowBytes;
    private int bytesNeeded;

    /**
     * A decoder at the start of a stream.
     *
     * @param valueBytesMax largest value let through, in bytes
     */
    public TextRequestDecoder(int valueBytesMax) {
        this.valueBytesMax = valueBytesMax;
        this.commands = new TextCommands(token);
    }

    /**
     * After {@link Step#INCOMPLETE}: how many bytes the request takes from the buffer's position on, or 0 where that is not
     * known yet.
     */
    public int bytesNeeded() {
        return bytesNeeded;
    }

    /**
     * After {@link Step#INCOMPLETE} with {@link #bytesNeeded}: gives the request up. What is still to come of it will be passed
     * over.
     *
     * @param bytesSeen how much of the request the caller had and has thrown away
     */
    public void passOver(int bytesSeen) {
        swallowBytes = (long) bytesNeeded - bytesSeen;
        bytesNeeded = 0;
    }

    /** Takes the next step through {@code in}, filling {@code request}. */
    public Step next(ByteBuffer in, TextRequest request) {
        bytesNeeded = 0;
        if (swallowBytes > 0) {
            int passed = (int) Math.min(swallowBytes, in.remaining());
            in.position(in.position() + passed);
            swallowBytes -= passed;
        }
        if (skippingLine && !skipLine(in)) {
            return Step.INCOMPLETE;
        }
        if (!in.hasRemaining()) {
            return Step.INCOMPLETE;
        }
        return retrieving ? nextKey(in, request) : nextRequest(in, request);
    }

    private Step nextRequest(ByteBuffer in, TextRequest request) {
        if (!commands.beginsRetrieval(in, request)) {
            return commandLine(in, request);
        }
        retrieving = true;
        retrieval = request.verb;
        anyKey = false;
        if (request.verb.touches()) {
            return exptimeThenKeys(in, request);
        }
        return nextKey(in, request);
    }

    /** The first word behind {@code gat}. Waits for the whole word, so the verb is read again when more has come. */
    private Step exptimeThenKeys(ByteBuffer in, TextRequest request) {
        int start = commands.verbEnd();
        while (start < in.limit() && in.get(start) == ' ') {
            start++;
        }
        int longest = in.position() + LINE_BYTES_MAX;
        int end = wordEnd(in, start, Math.min(in.limit(), longest));
        if (end < 0) {
            retrieving = false;
            return in.limit() >= longest ? lost(request, Refusal.LINE_TOO_LONG) : Step.INCOMPLETE;
        }
        token.over(in, start, lineTextEnd(in, end));
        if (!token.next()) {
            retrieving = false;
            in.position(end + 1);
            return refuse(request, Refusal.UNKNOWN_COMMAND);
        }
        if (!token.isSigned()) {
            retrieving = false;
            skippingLine = true;
            in.position(end);
            return refuse(request, Refusal.BAD_EXPTIME);
        }
        request.exptime = token.signed();
        retrievalExptime = request.exptime;
        anyKey = true; // memcached answers END to a gat without keys
        in.position(end);
        return nextKey(in, request);
    }

    private Step nextKey(ByteBuffer in, TextRequest request) {
        request.verb = retrieval; // the request may have served other connections meanwhile
        request.exptime = retrievalExptime;
        request.noreply = false;
        int start = in.position();
        int limit = in.limit();
        while (start < limit && in.get(start) == ' ') {
            start++;
        }
        in.position(start);
        int longest = Math.min(limit, start + KEY_BYTES_MAX + 2);
        int end = Words.end(in, start, longest);
        while (end < longest) {
            byte b = in.get(end);
            if (b == ' ' || b == '\n') {
                return wholeWord(in, request, start, end, b);
            }
            end = Words.end(in, end + 1, longest); // another control character is part of the key
        }
        if (end - start > KEY_BYTES_MAX + 1) {
            retrieving = false;
            skippingLine = true;
            return refuse(request, Refusal.BAD_LINE);
        }
        return Step.INCOMPLETE;
    }

    private Step wholeWord(ByteBuffer in, TextRequest request, int start, int end, byte delimiter) {
        int keyEnd = delimiter == '\n' ? lineTextEnd(in, end, start) : end;
        if (keyEnd == start) { // a line end: blanks were passed over
            in.position(end + 1);
            retrieving = false;
            return anyKey ? Step.KEYS_END : refuse(request, Refusal.UNKNOWN_COMMAND);
        }
        if (keyEnd - start > KEY_BYTES_MAX) {
            retrieving = false;
            skippingLine = true;
            in.position(end);
            return refuse(request, Refusal.BAD_LINE);
        }
        anyKey = true;
        request.keyStart = start;
        request.keyEnd = keyEnd;
        in.position(keyEnd); // the line end, if that is next, is the next step's
        return Step.KEY;
    }

    private Step commandLine(ByteBuffer in, TextRequest request) {
        int start = in.position();
        int limit = Math.min(in.limit(), start + LINE_BYTES_MAX);
        int valueStart = plain.set(in, start, limit, request);
        if (valueStart != PlainLines.NOT_PLAIN) {
            return withValue(in, request, valueStart, plain.valueBytes(), null);
        }
        int lineEnd = plain.metaGet(in, start, limit, request);
        if (lineEnd != PlainLines.NOT_PLAIN) {
            in.position(lineEnd);
            return Step.REQUEST;
        }
        return anyLine(in, request, start, limit);
    }

    private Step anyLine(ByteBuffer in, TextRequest request, int start, int limit) {
        int newline = Words.newline(in, start, limit);
        if (newline < 0) {
            return in.remaining() >= LINE_BYTES_MAX ? lost(request, Refusal.LINE_TOO_LONG) : Step.INCOMPLETE;
        }
        token.over(in, start, lineTextEnd(in, newline, start));
        Refusal refusal = commands.parse(request);
        if (refusal != null) {
            in.position(newline + 1);
            return refusal == Refusal.HTTP ? lost(request, refusal) : refuse(request, refusal);
        }
        if (!request.verb.stores()) {
            in.position(newline + 1);
            return Step.REQUEST;
        }
        return withValue(in, request, newline + 1, commands.valueBytes(), commands.flagRefusal());
    }

    private Step withValue(
            ByteBuffer in, TextRequest request, int valueStart, long valueBytes, @Nullable Refusal flagRefusal) {
        if (flagRefusal != null) {
            in.position(valueStart);
            swallowBytes = valueBytes + 2;
            return refuse(request, flagRefusal);
        }
        if (valueBytes > valueBytesMax) {
            in.position(valueStart);
            swallowBytes = valueBytes + 2;
            request.refusal = Refusal.TOO_LARGE;
            return Step.TOO_LARGE;
        }
        long end = valueStart + valueBytes + 2;
        if (end > in.limit()) {
            bytesNeeded = (int) (end - in.position());
            return Step.INCOMPLETE;
        }
        request.valueStart = valueStart;
        request.valueEnd = (int) end - 2;
        in.position((int) end);
        boolean ended = in.get((int) end - 2) == '\r' && in.get((int) end - 1) == '\n';
        return ended ? Step.REQUEST : refuse(request, Refusal.BAD_DATA);
    }

    private boolean skipLine(ByteBuffer in) {
        int newline = Words.newline(in, in.position(), in.limit());
        in.position(newline < 0 ? in.limit() : newline + 1);
        skippingLine = newline < 0;
        return newline >= 0;
    }

    private static Step refuse(TextRequest request, Refusal refusal) {
        request.refusal = refusal;
        return Step.REFUSED;
    }

    private static Step lost(TextRequest request, Refusal refusal) {
        request.refusal = refusal;
        return Step.LOST;
    }

    /** Index of the blank or newline that ends a word, or -1 where neither has come. */
    private static int wordEnd(ByteBuffer in, int from, int to) {
        for (int i = from; i < to; i++) {
            if (in.get(i) == ' ' || in.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static int lineTextEnd(ByteBuffer in, int delimiter) {
        return in.get(delimiter) == '\n' ? lineTextEnd(in, delimiter, in.position()) : delimiter;
    }

    /** End of the text before a newline: a carriage return belongs to the line end. */
    private static int lineTextEnd(ByteBuffer in, int newline, int start) {
        return newline > start && in.get(newline - 1) == '\r' ? newline - 1 : newline;
    }
}
