package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.protocol.MetaFlags;
import io.larder.protocol.Refusal;
import io.larder.protocol.TextRequest;
import io.larder.protocol.Verb;
import io.larder.storage.ItemStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Says the answers to meta commands: a code, then what the flags ask for in the order of the request. Owned by one event loop. */
final class MetaReplies {
    static final byte[] NOT_STORED = ascii("NS");
    static final byte[] EXISTS = ascii("EX");
    static final byte[] NOT_FOUND = ascii("NF");

    private static final byte[] HD = ascii("HD");
    private static final byte[] VA = ascii("VA ");
    private static final byte[] EN = ascii("EN");
    private static final byte[] MN = ascii("MN\r\n");
    private static final byte[] ME = ascii("ME ");
    private static final byte[] BLANK = ascii(" ");
    private static final byte[] FOREVER = ascii(" t-1");

    private final Replies replies;
    private TextRequest request = new TextRequest();
    private MetaFlags flags = request.meta();
    private ByteBuffer in = ByteBuffer.allocate(0);

    MetaReplies(Replies replies) {
        this.replies = replies;
    }

    /** The next answer is to this request, which lies in {@code bytes}. */
    void begin(TextRequest answered, ByteBuffer bytes) {
        request = answered;
        flags = answered.meta();
        in = bytes;
    }

    void noop() throws IOException {
        replies.put(MN);
    }

    void refused(Refusal refusal) throws IOException {
        replies.put(refusal.line());
    }

    /** There is nothing under the key. */
    void without() throws IOException {
        failed(EN);
    }

    /** A code, and what every answer repeats. */
    void failed(byte[] code) throws IOException {
        replies.put(code);
        for (int i = 0; i < flags.count(); i++) {
            echo(i);
        }
        replies.endLine();
    }

    /**
     * A write that was carried out.
     *
     * @param token of the item written, which only {@code ms} tells, as the size
     */
    void stored(long token, int valueBytes) throws IOException {
        boolean told = request.verb() == Verb.MS;
        replies.put(HD);
        for (int i = 0; i < flags.count(); i++) {
            char letter = flags.letter(i);
            if (letter == 'c' && told) {
                replies.flag('c', token);
            } else if (letter == 's' && told) {
                replies.flag('s', valueBytes);
            } else {
                echo(i);
            }
        }
        replies.endLine();
    }

    /** A counter with its new number; the item is there where its TTL was asked for. */
    void counted(long number, long token, ItemStore.@Nullable Item item) throws IOException {
        boolean withValue = flags.has('v');
        if (withValue) {
            replies.put(VA);
            replies.digits(Ascii.digits(number));
        } else {
            replies.put(HD);
        }
        for (int i = 0; i < flags.count(); i++) {
            switch (flags.letter(i)) {
                case 'c' -> replies.flag('c', token);
                case 't' -> ttl(item);
                default -> echo(i);
            }
        }
        replies.endLine();
        if (withValue) {
            replies.number(number);
        }
    }

    /**
     * An item that was found.
     *
     * @param alreadyWon somebody else loads it anew
     * @param won the one who gets this answer is to load it anew
     */
    void found(ItemStore.Item item, boolean withValue, boolean alreadyWon, boolean won) throws IOException {
        if (withValue) {
            replies.put(VA);
            replies.digits(item.valueBytes());
        } else {
            replies.put(HD);
        }
        for (int i = 0; i < flags.count(); i++) {
            about(item, i);
        }
        if (alreadyWon) {
            replies.flag('Z');
        }
        if (item.isStale()) {
            replies.flag('X');
        }
        if (won) {
            replies.flag('W');
        }
        replies.endLine();
        if (withValue) {
            replies.value(item);
            replies.endLine();
        }
    }

    private void about(ItemStore.Item item, int place) throws IOException {
        switch (flags.letter(place)) {
            case 's' -> replies.flag('s', item.valueBytes());
            case 'c' -> replies.flag('c', item.cas());
            case 'f' -> replies.flag('f', Integer.toUnsignedLong(item.flags()));
            case 'h' -> replies.flag('h', item.isFetched() ? 1 : 0);
            case 'l' -> replies.flag('l', item.idleSeconds());
            case 't' -> ttl(item);
            default -> echo(place);
        }
    }

    private void ttl(ItemStore.@Nullable Item item) throws IOException {
        if (item == null || item.ttlSeconds() < 0) {
            replies.put(FOREVER);
        } else {
            replies.flag('t', item.ttlSeconds());
        }
    }

    /** Opaque and key, which every answer repeats. */
    private void echo(int place) throws IOException {
        char letter = flags.letter(place);
        if (letter == 'O') {
            replies.put(BLANK);
            replies.piece(in, flags.start(place), flags.end(place));
        } else if (letter == 'k') {
            replies.flag('k');
            replies.piece(in, request.keyStart(), request.keyEnd());
            if (flags.has('b')) {
                replies.flag('b');
            }
        }
    }

    /** The debug line of {@code me}. */
    void described(ItemStore.Item item) throws IOException {
        replies.put(ME);
        replies.piece(in, request.keyStart(), request.keyEnd());
        replies.text(" exp=%d la=%d cas=%d fetch=%s cls=1 size=%d\r\n"
                .formatted(
                        item.ttlSeconds(),
                        item.idleSeconds(),
                        item.cas(),
                        item.isFetched() ? "yes" : "no",
                        item.valueBytes()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
