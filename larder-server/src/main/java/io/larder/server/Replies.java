package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.storage.ItemStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The replies of one turn of one connection, gathered so that they leave in one write. Owned by the event loop; values are
 * copied here straight from the store.
 */
final class Replies {
    /** Room for the numbers of a {@code VALUE} line: flags, size and CAS token with blanks and line end. */
    private static final int NUMBERS_BYTES_MAX = 64;

    private static final byte[] VALUE = "VALUE ".getBytes(US_ASCII);
    private static final byte[] CRLF = "\r\n".getBytes(US_ASCII);

    private final ByteBuffer buffer;
    private Outlet outlet = Outlet.NONE;

    /** Where full buffers go. */
    interface Outlet {
        Outlet NONE = bytes -> {};

        /** Takes all bytes between position and limit. */
        void send(ByteBuffer bytes) throws IOException;
    }

    Replies(int bytes) {
        buffer = ByteBuffer.allocateDirect(bytes);
    }

    void begin(Outlet to) {
        outlet = to;
        buffer.clear();
    }

    /** Sends what is left. */
    void end() throws IOException {
        spill();
        outlet = Outlet.NONE;
    }

    void put(byte[] bytes) throws IOException {
        ensure(bytes.length);
        buffer.position(Ascii.put(buffer, buffer.position(), bytes));
    }

    void text(String text) throws IOException {
        byte[] bytes = text.getBytes(US_ASCII);
        for (int at = 0; at < bytes.length; ) {
            ensure(1);
            int part = Math.min(buffer.remaining(), bytes.length - at);
            buffer.put(bytes, at, part);
            at += part;
        }
    }

    /** The buffer, at the place to write next, with room for that many bytes; they must be few. */
    ByteBuffer room(int bytes) throws IOException {
        ensure(bytes);
        return buffer;
    }

    /** A decimal line: the answer to {@code incr}. */
    void number(long unsigned) throws IOException {
        ensure(NUMBERS_BYTES_MAX);
        buffer.position(Ascii.lineEnd(buffer, Ascii.decimal(buffer, buffer.position(), unsigned)));
    }

    /** One item of a retrieval; its key is taken from the request. */
    void item(ByteBuffer in, int keyStart, int keyEnd, ItemStore.Item item, boolean withCas) throws IOException {
        int keyBytes = keyEnd - keyStart;
        ensure(VALUE.length + keyBytes + NUMBERS_BYTES_MAX);
        int at = Ascii.put(buffer, buffer.position(), VALUE);
        at = Ascii.copy(in, keyStart, keyBytes, buffer, at);
        at = Ascii.blank(buffer, at);
        at = Ascii.decimal(buffer, at, Integer.toUnsignedLong(item.flags()));
        at = Ascii.blank(buffer, at);
        at = Ascii.decimal(buffer, at, item.valueBytes());
        if (withCas) {
            at = Ascii.blank(buffer, at);
            at = Ascii.decimal(buffer, at, item.cas());
        }
        buffer.position(Ascii.lineEnd(buffer, at));
        value(item);
        put(CRLF);
    }

    /** A piece of a line, from the request. */
    void piece(ByteBuffer in, int from, int to) throws IOException {
        int length = to - from;
        ensure(length);
        buffer.position(Ascii.copy(in, from, length, buffer, buffer.position()));
    }

    /** A letter behind a blank. */
    void flag(char letter) throws IOException {
        ensure(2);
        buffer.position(Ascii.flag(buffer, buffer.position(), letter));
    }

    /** A letter and a number behind a blank. */
    void flag(char letter, long unsigned) throws IOException {
        ensure(NUMBERS_BYTES_MAX);
        buffer.position(Ascii.decimal(buffer, Ascii.flag(buffer, buffer.position(), letter), unsigned));
    }

    void endLine() throws IOException {
        ensure(CRLF.length);
        buffer.position(Ascii.lineEnd(buffer, buffer.position()));
    }

    /** A decimal, without a line end. */
    void digits(long unsigned) throws IOException {
        ensure(NUMBERS_BYTES_MAX);
        buffer.position(Ascii.decimal(buffer, buffer.position(), unsigned));
    }

    /** The value of an item, without a line end. */
    void value(ItemStore.Item item) throws IOException {
        int length = item.valueBytes();
        for (int at = 0; at < length; ) {
            ensure(1);
            int part = Math.min(buffer.remaining(), length - at);
            item.copyValue(at, part, buffer);
            at += part;
        }
    }

    private void ensure(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            spill();
        }
    }

    private void spill() throws IOException {
        buffer.flip();
        if (buffer.hasRemaining()) {
            outlet.send(buffer);
        }
        buffer.clear();
    }
}
