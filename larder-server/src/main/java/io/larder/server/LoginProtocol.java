package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.Printable;
import io.larder.protocol.TextRequestDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a text client may say until it has logged in: {@code set <any> <any> <any> <bytes>} with the value {@code user password}.
 * Then the protocol behind it takes over. Source: memcached's {@code doc/protocol.txt}, "Authentication", and what memcached
 * answers.
 */
final class LoginProtocol implements Protocol {
    private static final byte[] STORED = ascii("STORED");
    private static final byte[] UNAUTHENTICATED = ascii("CLIENT_ERROR unauthenticated");
    private static final byte[] BAD_END = ascii("CLIENT_ERROR bad command line termination");
    private static final byte[] BAD_TOKEN = ascii("CLIENT_ERROR bad authentication token format");
    private static final byte[] FAILED = ascii("CLIENT_ERROR authentication failure");
    private static final int SIZE_WORD = 4;
    private static final Pattern SIZE = Pattern.compile("\\+?(\\d{1,18})(?:\\s.*)?");

    /** Room enough for any user and password; a longer value is passed over unread. */
    private static final int TOKEN_BYTES_MAX = TextRequestDecoder.LINE_BYTES_MAX - 2;

    private static final int NO_TOKEN = -1;

    private final AuthFile users;
    private final Replies replies;
    private final LoopCounters counters;
    private final ServerLog log;
    private final Protocol then;
    private boolean loggedIn;
    private int tokenBytes = NO_TOKEN; // what the last line has announced
    private long bytesToPassOver;
    private long connectionId;

    LoginProtocol(AuthFile users, Replies replies, LoopCounters counters, ServerLog log, Protocol then) {
        this.users = users;
        this.replies = replies;
        this.counters = counters;
        this.log = log;
        this.then = then;
    }

    @Override
    public void begin(ByteBuffer in, long connection) {
        connectionId = connection;
        then.begin(in, connection);
    }

    @Override
    public Progress next(ByteBuffer in) throws IOException {
        if (loggedIn) {
            return then.next(in);
        }
        if (bytesToPassOver > 0) {
            return passOver(in);
        }
        return tokenBytes == NO_TOKEN ? line(in) : token(in);
    }

    private Progress line(ByteBuffer in) throws IOException {
        int start = in.position();
        int end = indexOf(in, start, Math.min(in.limit(), start + TextRequestDecoder.LINE_BYTES_MAX), '\n');
        if (end < 0) {
            return in.remaining() < TextRequestDecoder.LINE_BYTES_MAX ? Progress.INCOMPLETE : Progress.CLOSE;
        }
        in.position(end + 1);
        List<String> words = words(in, start, end);
        Matcher size = SIZE.matcher(words.size() <= SIZE_WORD ? "" : words.get(SIZE_WORD));
        if (!size.matches() || !words.get(0).equals("set")) {
            replies.put(UNAUTHENTICATED);
            return Progress.SERVED;
        }
        long bytes = Long.parseLong(size.group(1));
        if (bytes > TOKEN_BYTES_MAX) {
            bytesToPassOver = bytes + 2;
            return passOver(in);
        }
        tokenBytes = (int) bytes;
        return token(in);
    }

    private Progress passOver(ByteBuffer in) throws IOException {
        int part = (int) Math.min(bytesToPassOver, in.remaining());
        in.position(in.position() + part);
        bytesToPassOver -= part;
        if (bytesToPassOver > 0) {
            return Progress.INCOMPLETE;
        }
        replies.put(BAD_TOKEN);
        return Progress.SERVED;
    }

    private Progress token(ByteBuffer in) throws IOException {
        int start = in.position();
        int end = start + tokenBytes;
        if (in.limit() < end + 2) {
            return Progress.INCOMPLETE;
        }
        in.position(end + 2);
        tokenBytes = NO_TOKEN;
        if (in.get(end) != '\r' || in.get(end + 1) != '\n') {
            replies.put(BAD_END);
            return Progress.SERVED;
        }
        List<String> words = words(in, start, end);
        if (words.size() < 2) {
            replies.put(BAD_TOKEN);
            return Progress.SERVED;
        }
        logIn(words.get(0).getBytes(ISO_8859_1), words.get(1).getBytes(ISO_8859_1));
        return Progress.SERVED;
    }

    private void logIn(byte[] user, byte[] password) throws IOException {
        counters.increment(Counter.AUTH_CMDS);
        loggedIn = users.accepts(user, password);
        Arrays.fill(password, (byte) 0);
        if (!loggedIn) {
            counters.increment(Counter.AUTH_ERRORS);
            if (log.logsConnections()) {
                log.connection(connectionId, "login as " + Printable.of(ByteBuffer.wrap(user)) + " failed");
            }
        }
        replies.put(loggedIn ? STORED : FAILED);
    }

    @Override
    public Feed takeFeed() {
        return then.takeFeed();
    }

    @Override
    public int bytesNeeded() {
        if (loggedIn) {
            return then.bytesNeeded();
        }
        return tokenBytes == NO_TOKEN ? 0 : tokenBytes + 2;
    }

    @Override
    public void giveUp(int bytesSeen) throws IOException {
        if (!loggedIn) {
            throw new IOException("the memory for incomplete requests is used up");
        }
        then.giveUp(bytesSeen);
    }

    /** As memcached sees them: a zero byte ends the text, and blanks alone part it. */
    private static List<String> words(ByteBuffer in, int from, int to) {
        int zero = indexOf(in, from, to, '\0');
        byte[] bytes = new byte[(zero < 0 ? to : zero) - from];
        in.get(from, bytes);
        return Words.of(new String(bytes, ISO_8859_1));
    }

    private static int indexOf(ByteBuffer in, int from, int to, char wanted) {
        for (int i = from; i < to; i++) {
            if (in.get(i) == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] ascii(String line) {
        return (line + "\r\n").getBytes(US_ASCII);
    }
}
