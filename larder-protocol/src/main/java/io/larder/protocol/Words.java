package io.larder.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds the ends of words and lines eight bytes at a time.
 *
 * <p>The bit tricks are those of H. Warren, "Hacker's Delight" (2012), 6-1: a subtraction borrows into the top bit of the bytes
 * that are small enough. A byte above such a one may be marked wrongly, so only the lowest mark counts.
 */
final class Words {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long EACH = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;

    private Words() {}

    /** Four bytes of text as {@link #intAt} reads them. */
    static int word(String text) {
        int word = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            word |= text.charAt(i) << (i * Byte.SIZE);
        }
        return word;
    }

    /** The four bytes at an index, the first in the low bits. */
    static int intAt(ByteBuffer in, int at) {
        return (int) INTS.get(in, at);
    }

    /** Index of the first blank or control character, or {@code to}. */
    static int end(ByteBuffer in, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long bytes = (long) LONGS.get(in, at);
            long marks = (bytes - EACH * (' ' + 1)) & ~bytes & TOPS;
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (at < to && (in.get(at) & 0xff) > ' ') {
            at++;
        }
        return at;
    }

    /** Index of the first newline, or -1. */
    static int newline(ByteBuffer in, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long zeroes = (long) LONGS.get(in, at) ^ (EACH * '\n');
            long marks = (zeroes - EACH) & ~zeroes & TOPS;
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        for (; at < to; at++) {
            if (in.get(at) == '\n') {
                return at;
            }
        }
        return -1;
    }
}
