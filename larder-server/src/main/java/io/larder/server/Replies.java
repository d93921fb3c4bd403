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
    private final byte[] digits = new byte[20];
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
        buffer.put(bytes);
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
        decimal(unsigned);
        buffer.put(CRLF);
    }

    /** One item of a retrieval; its key is taken from the request. */
    void item(ByteBuffer in, int keyStart, int keyEnd, ItemStore.Item item, boolean withCas) throws IOException {
        int keyBytes = keyEnd - keyStart;
        ensure(VALUE.length + keyBytes + NUMBERS_BYTES_MAX);
        buffer.put(VALUE);
        buffer.put(buffer.position(), in, keyStart, keyBytes);
        buffer.position(buffer.position() + keyBytes);
        buffer.put((byte) ' ');
        decimal(Integer.toUnsignedLong(item.flags()));
        buffer.put((byte) ' ');
        decimal(item.valueBytes());
        if (withCas) {
            buffer.put((byte) ' ');
            decimal(item.cas());
        }
        buffer.put(CRLF);
        value(item);
        ensure(CRLF.length);
        buffer.put(CRLF);
    }

    /** A piece of a line, from the request. */
    void piece(ByteBuffer in, int from, int to) throws IOException {
        int length = to - from;
        ensure(length);
        buffer.put(buffer.position(), in, from, length);
        buffer.position(buffer.position() + length);
    }

    /** A letter behind a blank. */
    void flag(char letter) throws IOException {
        ensure(2);
        buffer.put((byte) ' ').put((byte) letter);
    }

    /** A letter and a number behind a blank. */
    void flag(char letter, long unsigned) throws IOException {
        ensure(NUMBERS_BYTES_MAX);
        buffer.put((byte) ' ').put((byte) letter);
        decimal(unsigned);
    }

    void endLine() throws IOException {
        put(CRLF);
    }

    /** A decimal, without a line end. */
    void digits(long unsigned) throws IOException {
        ensure(NUMBERS_BYTES_MAX);
        decimal(unsigned);
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

    private void decimal(long unsigned) {
        int at = digits.length;
        long rest = unsigned;
        if (rest < 0) { // 2^63 and above: one unsigned division, then it fits
            long tenth = Long.divideUnsigned(rest, 10);
            digits[--at] = (byte) ('0' + (rest - tenth * 10));
            rest = tenth;
        }
        do {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        buffer.put(digits, at, digits.length - at);
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
