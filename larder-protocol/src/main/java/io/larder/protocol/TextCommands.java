package io.larder.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The grammar of command lines: which words follow which verb. Holds the last line's findings; not thread-safe. */
final class TextCommands {
    private static final byte[] HTTP = {'H', 'T', 'T', 'P', '/'};
    private static final byte[] ZERO = {'0'};
    private static final int GET = Words.word("get ");
    private static final long FLAGS_MAX = 0xffff_ffffL;
    private static final long VALUE_BYTES_LIMIT = Integer.MAX_VALUE - 2;

    private final Token token;
    private int verbEnd;
    private long valueBytes;
    private @Nullable Refusal flagRefusal;

    TextCommands(Token token) {
        this.token = token;
    }

    /** Index behind the verb, after {@link #beginsRetrieval}. */
    int verbEnd() {
        return verbEnd;
    }

    /** The announced size of the value, after a verb that stores. */
    long valueBytes() {
        return valueBytes;
    }

    /** What is wrong with the flags of {@code ms}, whose size is known all the same; or {@code null}. */
    @Nullable
    Refusal flagRefusal() {
        return flagRefusal;
    }

    /** Whether a retrieval verb and a blank are next; then consumes them, except for {@code gat}, whose exptime must follow. */
    boolean beginsRetrieval(ByteBuffer in, TextRequest request) {
        int start = in.position();
        if (in.limit() - start >= Integer.BYTES && Words.intAt(in, start) == GET) {
            request.verb = Verb.GET;
            request.noreply = false;
            in.position(start + 3);
            return true;
        }
        int blanksEnd = Math.min(in.limit(), start + TextRequestDecoder.LINE_BYTES_MAX - 4);
        while (start < blanksEnd && in.get(start) == ' ') {
            start++;
        }
        if (in.limit() - start < 4 || in.get(start) != 'g') {
            return false;
        }
        Verb verb;
        if (in.get(start + 1) == 'e' && in.get(start + 2) == 't') {
            verb = Verb.GET;
        } else if (in.get(start + 1) == 'a' && in.get(start + 2) == 't') {
            verb = Verb.GAT;
        } else {
            return false;
        }
        int end = start + 3;
        if (in.get(end) == 's' && end + 1 < in.limit()) {
            end++;
            verb = verb == Verb.GET ? Verb.GETS : Verb.GATS;
        }
        if (in.get(end) != ' ') {
            return false;
        }
        request.verb = verb;
        request.noreply = false;
        verbEnd = end;
        if (!verb.touches()) {
            in.position(end);
        }
        return true;
    }

    /** Reads the line under the cursor into the request; answers what is wrong with it, or {@code null}. */
    @Nullable
    Refusal parse(TextRequest request) {
        request.noreply = false;
        flagRefusal = null;
        request.keyStart = 0;
        request.keyEnd = 0;
        if (!token.next()) {
            return Refusal.UNKNOWN_COMMAND;
        }
        Verb verb = Verb.of(token);
        if (verb == null) {
            return refusalOfUnknown();
        }
        request.verb = verb;
        return switch (verb) {
            case GET, GETS, GAT, GATS -> Refusal.UNKNOWN_COMMAND; // no key follows, or it would not have come here
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS -> storage(request);
            case DELETE -> delete(request);
            case INCR, DECR -> count(request);
            case TOUCH -> touch(request);
            case FLUSH_ALL -> flush(request);
            case STATS, SHUTDOWN, WATCH, LRU_CRAWLER, EXTSTORE, DEBUGTIME, REFRESH_CERTS -> words(request);
            case LRU, SLABS, CACHE_MEMLIMIT -> {
                request.noreply = token.lastIsNoreply();
                yield words(request);
            }
            case VERBOSITY -> verbosity(request);
            case VERSION, QUIT, MN -> null;
            case MG, MD, MA -> meta(request);
            case MS -> metaSet(request);
            case ME -> token.countRest() == 0 ? Refusal.BAD_LINE : meta(request);
        };
    }

    private Refusal refusalOfUnknown() {
        while (token.countRest() > 0) {
            token.next();
        }
        return token.startsWith(HTTP) ? Refusal.HTTP : Refusal.UNKNOWN_COMMAND;
    }

    /** {@code <key> <flags> <exptime> <bytes> [<cas>] [noreply]}. */
    private @Nullable Refusal storage(TextRequest request) {
        int needed = request.verb == Verb.CAS ? 5 : 4;
        int words = token.countRest();
        if (words < needed || words > needed + 1) {
            return Refusal.UNKNOWN_COMMAND;
        }
        request.noreply = token.lastIsNoreply();
        if (!key(request) || !nextUnsigned() || Long.compareUnsigned(token.unsigned(), FLAGS_MAX) > 0) {
            return Refusal.BAD_LINE;
        }
        request.flags = (int) token.unsigned();
        if (!nextSigned()) {
            return Refusal.BAD_LINE;
        }
        request.exptime = token.signed();
        if (!nextSigned() || token.signed() < 0 || token.signed() > VALUE_BYTES_LIMIT) {
            return Refusal.BAD_LINE;
        }
        valueBytes = token.signed();
        if (request.verb != Verb.CAS) {
            return null;
        }
        return nextNumber(request) ? null : Refusal.BAD_LINE;
    }

    /** {@code <key> [0] [noreply]}: the zero is a delay that memcached once had. */
    private @Nullable Refusal delete(TextRequest request) {
        int words = token.countRest();
        if (words < 1 || words > 3) {
            return Refusal.UNKNOWN_COMMAND;
        }
        boolean noreply = token.lastIsNoreply();
        request.noreply = noreply;
        if (!key(request)) {
            return Refusal.BAD_LINE;
        }
        if (words == 1) {
            return null;
        }
        token.next();
        boolean zero = token.is(ZERO);
        boolean valid = words == 2 ? zero || noreply : zero && noreply;
        return valid ? null : Refusal.BAD_DELETE;
    }

    /** {@code <key> <delta> [noreply]}. */
    private @Nullable Refusal count(TextRequest request) {
        int words = token.countRest();
        if (words < 2 || words > 3) {
            return Refusal.UNKNOWN_COMMAND;
        }
        request.noreply = token.lastIsNoreply();
        if (!key(request)) {
            return Refusal.BAD_LINE;
        }
        return nextNumber(request) ? null : Refusal.BAD_DELTA;
    }

    /** {@code <key> <exptime> [noreply]}. */
    private @Nullable Refusal touch(TextRequest request) {
        int words = token.countRest();
        if (words < 2 || words > 3) {
            return Refusal.UNKNOWN_COMMAND;
        }
        request.noreply = token.lastIsNoreply();
        if (!key(request)) {
            return Refusal.BAD_LINE;
        }
        return exptime(request);
    }

    /** {@code [<delay>] [noreply]}. */
    private @Nullable Refusal flush(TextRequest request) {
        int words = token.countRest();
        if (words > 2) {
            return Refusal.UNKNOWN_COMMAND;
        }
        request.noreply = token.lastIsNoreply();
        request.exptime = 0;
        return words == (request.noreply ? 1 : 0) ? null : exptime(request);
    }

    /** {@code [<word> ...]}, told as one piece. */
    private @Nullable Refusal words(TextRequest request) {
        if (token.next()) {
            request.keyStart = token.start();
            request.keyEnd = token.lineEnd();
        }
        return null;
    }

    /** {@code <level> [noreply]}. */
    private @Nullable Refusal verbosity(TextRequest request) {
        int words = token.countRest();
        if (words < 1 || words > 2) {
            return Refusal.UNKNOWN_COMMAND;
        }
        request.noreply = token.lastIsNoreply();
        return nextNumber(request) ? null : Refusal.BAD_LINE;
    }

    /** {@code <key> <flag>*}. */
    private @Nullable Refusal meta(TextRequest request) {
        if (token.countRest() == 0) {
            return Refusal.UNKNOWN_COMMAND;
        }
        if (!key(request)) {
            return Refusal.BAD_LINE;
        }
        Refusal refusal = request.meta.parse(token);
        boolean inOneLine = request.verb == Verb.MD || request.verb == Verb.MA;
        return inOneLine && refusal != null ? Refusal.BAD_OR_DUPLICATE_FLAG : refusal;
    }

    /** {@code <key> <bytes> <flag>*}; what is wrong with the flags is told when the value has been passed over. */
    private @Nullable Refusal metaSet(TextRequest request) {
        int words = token.countRest();
        if (words == 0) {
            return Refusal.UNKNOWN_COMMAND;
        }
        request.meta.clear();
        if (!key(request) || !nextSigned() || token.signed() < 0 || token.signed() > VALUE_BYTES_LIMIT) {
            return Refusal.BAD_LINE;
        }
        valueBytes = token.signed();
        flagRefusal = request.meta.parse(token);
        return null;
    }

    private boolean key(TextRequest request) {
        token.next();
        request.keyStart = token.start();
        request.keyEnd = token.end();
        return token.length() <= TextRequestDecoder.KEY_BYTES_MAX;
    }

    private @Nullable Refusal exptime(TextRequest request) {
        if (!nextSigned()) {
            return Refusal.BAD_EXPTIME;
        }
        request.exptime = token.signed();
        return null;
    }

    private boolean nextNumber(TextRequest request) {
        if (!nextUnsigned()) {
            return false;
        }
        request.number = token.unsigned();
        return true;
    }

    private boolean nextUnsigned() {
        return token.next() && token.isUnsigned();
    }

    private boolean nextSigned() {
        return token.next() && token.isSigned();
    }
}
