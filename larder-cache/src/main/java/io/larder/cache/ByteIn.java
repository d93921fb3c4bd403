package io.larder.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteOut} wrote, from bytes that may be anybody's: whatever does not fit raises
 * {@link UnreadableException}, and no length is believed that exceeds what is left. For one thread.
 */
final class ByteIn {
    private final byte[] bytes;
    private final int end;
    private int at;
    private int depth;

    ByteIn(byte[] bytes) {
        this(bytes, bytes.length);
    }

    /** Reads up to the end given. */
    ByteIn(byte[] bytes, int end) {
        this(bytes, 0, end);
    }

    ByteIn(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    int left() {
        return end - at;
    }

    int oneByte() {
        need(1);
        return bytes[at++] & 0xFF;
    }

    byte[] raw(int count) {
        need(count);
        at += count;
        return Arrays.copyOfRange(bytes, at - count, at);
    }

    /** As many bytes as an unsigned number; eight make a signed one. */
    long fixed(int count) {
        need(count);
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | (bytes[at++] & 0xFF);
        }
        return value;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = oneByte();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new UnreadableException("a number longer than 64 bits");
    }

    long zigzag() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A zigzag number that must lie between two limits, both included. */
    long zigzag(long min, long max) {
        long value = zigzag();
        if (value < min || value > max) {
            throw new UnreadableException("a number out of the range of its type");
        }
        return value;
    }

    /** The number of elements that follow, each of at least one byte. */
    int count() {
        long count = varint();
        if (count < 0 || count > left()) {
            throw new UnreadableException("a length beyond the end");
        }
        return (int) count;
    }

    byte[] block() {
        return raw(count());
    }

    String text() {
        long mark = varint();
        long length = mark >>> 1;
        if (length > left()) {
            throw new UnreadableException("a length beyond the end");
        }
        byte[] data = raw((int) length);
        return (mark & 1) == 0 ? new String(data, StandardCharsets.UTF_8) : utf16(data);
    }

    private static String utf16(byte[] data) {
        char[] chars = new char[data.length / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) ((data[2 * i] & 0xFF) << 8 | (data[2 * i + 1] & 0xFF));
        }
        return new String(chars);
    }

    void down() {
        if (++depth > ByteOut.DEPTH_MAX) {
            throw new UnreadableException("nested too deep");
        }
    }

    void up() {
        depth--;
    }

    private void need(int count) {
        if (count > left()) {
            throw new UnreadableException("bytes end early");
        }
    }
}
