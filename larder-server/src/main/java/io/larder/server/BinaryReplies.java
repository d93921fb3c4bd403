package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.protocol.BinaryRequest;
import io.larder.protocol.BinaryRequestDecoder;
import io.larder.protocol.BinaryStatus;
import io.larder.storage.ItemStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Says the answers to binary requests: a header of 24 bytes, then extras, key and value. Owned by one event loop. */
final class BinaryReplies {
    private static final byte MAGIC = (byte) 0x81;
    private static final int FLAGS_BYTES = 4;
    private static final long NO_CAS = 0;
    private static final byte[] NOTHING = {};

    private final Replies replies;
    private final BinaryRequest request;
    private ByteBuffer in = ByteBuffer.allocate(0);

    /** @param request the one answered, filled again and again */
    BinaryReplies(Replies replies, BinaryRequest request) {
        this.replies = replies;
        this.request = request;
    }

    /** The next answers are to requests in {@code bytes}. */
    void begin(ByteBuffer bytes) {
        in = bytes;
    }

    /** A success without a body, of an item with that token, or 0 where there is none. */
    void done(long cas) throws IOException {
        header(BinaryStatus.OK, 0, 0, 0, cas);
    }

    void failed(BinaryStatus status) throws IOException {
        header(status, 0, 0, status.text().length, NO_CAS);
        replies.put(status.text());
    }

    /** More is wanted before it can be said who the peer is. */
    void toBeContinued() throws IOException {
        header(BinaryStatus.AUTH_CONTINUE, 0, 0, 0, NO_CAS);
    }

    /** A miss; replies that carry the key carry it here, in place of a text. */
    void missed() throws IOException {
        if (!request.command().repeatsKey()) {
            failed(BinaryStatus.NOT_FOUND);
            return;
        }
        int keyBytes = request.keyEnd() - request.keyStart();
        header(BinaryStatus.NOT_FOUND, 0, keyBytes, keyBytes, NO_CAS);
        key();
    }

    /** A hit. */
    void found(ItemStore.Item item, boolean withValue) throws IOException {
        int keyBytes = request.command().repeatsKey() ? request.keyEnd() - request.keyStart() : 0;
        int valueBytes = withValue ? item.valueBytes() : 0;
        header(BinaryStatus.OK, FLAGS_BYTES, keyBytes, FLAGS_BYTES + keyBytes + valueBytes, item.cas());
        replies.room(FLAGS_BYTES).putInt(item.flags());
        if (keyBytes > 0) {
            key();
        }
        if (withValue) {
            replies.value(item);
        }
    }

    /** The new number of a counter. */
    void counted(long number, long cas) throws IOException {
        header(BinaryStatus.OK, 0, 0, Long.BYTES, cas);
        replies.room(Long.BYTES).putLong(number);
    }

    /** A success with a body. */
    void text(String text) throws IOException {
        named("", text);
    }

    /** One figure among many; the last has neither name nor value. */
    void named(String name, String value) throws IOException {
        byte[] first = name.isEmpty() ? NOTHING : name.getBytes(US_ASCII);
        byte[] second = value.getBytes(US_ASCII);
        header(BinaryStatus.OK, 0, first.length, first.length + second.length, NO_CAS);
        replies.put(first);
        replies.put(second);
    }

    private void key() throws IOException {
        replies.piece(in, request.keyStart(), request.keyEnd());
    }

    private void header(BinaryStatus status, int extrasBytes, int keyBytes, int bodyBytes, long cas)
            throws IOException {
        replies.room(BinaryRequestDecoder.HEADER_BYTES)
                .put(MAGIC)
                .put((byte) request.code())
                .putShort((short) keyBytes)
                .put((byte) extrasBytes)
                .put((byte) 0)
                .putShort((short) status.code())
                .putInt(bodyBytes)
                .putInt(request.opaque())
                .putLong(cas);
    }
}
