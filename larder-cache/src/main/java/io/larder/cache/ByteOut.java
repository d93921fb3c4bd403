package io.larder.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes, big-endian. For one thread. */
final class ByteOut {
    /** Deepest nesting of records and collections, so that a value that contains itself ends in an exception. */
    static final int DEPTH_MAX = 200;

    private byte[] bytes;
    private int length;
    private int depth;

    ByteOut(int capacity) {
        this.bytes = new byte[capacity];
    }

    void oneByte(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void raw(byte[] data) {
        reserve(data.length);
        System.arraycopy(data, 0, bytes, length, data.length);
        length += data.length;
    }

    /** The low bytes of a number, highest first. */
    void fixed(long value, int count) {
        reserve(count);
        for (int i = count - 1; i >= 0; i--) {
            bytes[length++] = (byte) (value >>> (8 * i));
        }
    }

    /** A number in groups of seven bits, lowest first: 1 byte below 128, 10 for negative ones. */
    void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            oneByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        oneByte((int) rest);
    }

    /** A number that is near zero, of either sign: 0, -1, 1, -2 become 0, 1, 2, 3. */
    void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    /** A length and as many bytes. */
    void block(byte[] data) {
        varint(data.length);
        raw(data);
    }

    /** Text in UTF-8; text with half a surrogate pair, which UTF-8 does not have, in UTF-16 with an odd mark. */
    void text(String text) {
        boolean exact = !hasHalfPair(text);
        byte[] data = exact ? text.getBytes(StandardCharsets.UTF_8) : utf16(text);
        varint(((long) data.length << 1) | (exact ? 0 : 1));
        raw(data);
    }

    private static boolean hasHalfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int point = text.codePointAt(i++);
                if (Character.charCount(point) == 1) {
                    return true;
                }
            }
        }
        return false;
    }

    /** By hand: the JDK's encoder would put a question mark for the half pair. */
    private static byte[] utf16(String text) {
        byte[] data = new byte[2 * text.length()];
        for (int i = 0; i < text.length(); i++) {
            data[2 * i] = (byte) (text.charAt(i) >> 8);
            data[2 * i + 1] = (byte) text.charAt(i);
        }
        return data;
    }

    /** Enters a record or collection. */
    void down() {
        if (++depth > DEPTH_MAX) {
            throw new IllegalArgumentException(
                    "the value is nested more than %d deep; does it contain itself?".formatted(DEPTH_MAX));
        }
    }

    void up() {
        depth--;
    }

    /** What has been written, in an array that may be longer and is not to be kept. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Takes back what was written from there on. */
    void cut(int at) {
        length = at;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.multiplyExact(bytes.length, 2), Math.addExact(length, more)));
        }
    }
}
