package io.larder.protocol;

/** A request line being written into one array, large enough from the start. */
final class AsciiLine {
    /** Digits of 2^64 - 1. */
    static final int NUMBER_BYTES_MAX = 20;

    private final byte[] bytes;
    private int length;

    AsciiLine(int bytesMax) {
        bytes = new byte[bytesMax];
    }

    AsciiLine put(byte[] text) {
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
        return this;
    }

    AsciiLine put(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    AsciiLine blank() {
        bytes[length++] = ' ';
        return this;
    }

    /** An unsigned number in decimal digits. */
    AsciiLine number(long value) {
        int digits = 1;
        for (long rest = Long.divideUnsigned(value, 10); rest != 0; rest /= 10) {
            digits++;
        }
        int at = length + digits;
        length = at;
        long rest = value;
        while (at > length - digits) {
            long tenth = Long.divideUnsigned(rest, 10);
            bytes[--at] = (byte) ('0' + (rest - 10 * tenth));
            rest = tenth;
        }
        return this;
    }

    /** The array written into, of which {@link #length()} bytes count. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
