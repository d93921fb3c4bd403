package io.larder.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes pieces of a reply at absolute places; each method answers the place behind what it wrote.
 *
 * <p>The pieces are short, so they are moved in words, the last overlapping the one before: that costs less than the calls that
 * move any length. The order of bytes set for a buffer does not matter here.
 */
final class Ascii {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** 10^19, unsigned. */
    private static final long TWENTY_DIGITS = Long.parseUnsignedLong("10000000000000000000");

    private static final short CRLF = (short) ('\r' | '\n' << Byte.SIZE);

    private Ascii() {}

    static int put(ByteBuffer to, int start, byte[] bytes) {
        int length = bytes.length;
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                to.put(start + i, bytes[i]);
            }
            return start + length;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            LONGS.set(to, start + i, (long) ARRAY_LONGS.get(bytes, i));
        }
        LONGS.set(to, start + last, (long) ARRAY_LONGS.get(bytes, last));
        return start + length;
    }

    static int copy(ByteBuffer from, int at, int length, ByteBuffer to, int start) {
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                to.put(start + i, from.get(at + i));
            }
            return start + length;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            LONGS.set(to, start + i, (long) LONGS.get(from, at + i));
        }
        LONGS.set(to, start + last, (long) LONGS.get(from, at + last));
        return start + length;
    }

    static int blank(ByteBuffer to, int at) {
        to.put(at, (byte) ' ');
        return at + 1;
    }

    /** A blank and a letter. */
    static int flag(ByteBuffer to, int at, char letter) {
        SHORTS.set(to, at, (short) (' ' | letter << Byte.SIZE));
        return at + Short.BYTES;
    }

    static int lineEnd(ByteBuffer to, int at) {
        SHORTS.set(to, at, CRLF);
        return at + Short.BYTES;
    }

    /** At most 20 digits. */
    static int decimal(ByteBuffer to, int at, long unsigned) {
        if (unsigned >= 0 && unsigned < 10) {
            to.put(at, (byte) ('0' + unsigned));
            return at + 1;
        }
        long rest = unsigned;
        int end = at + digits(unsigned);
        int place = end;
        if (rest < 0) { // 2^63 and above: one unsigned division, then it fits
            long tenth = Long.divideUnsigned(rest, 10);
            to.put(--place, (byte) ('0' + (rest - tenth * 10)));
            rest = tenth;
        }
        while (place > at) {
            long tenth = rest / 10;
            to.put(--place, (byte) ('0' + (rest - tenth * 10)));
            rest = tenth;
        }
        return end;
    }

    /** How many digits an unsigned number has. */
    static int digits(long unsigned) {
        if (unsigned < 0) {
            return unsigned < TWENTY_DIGITS ? 19 : 20;
        }
        int count = 1;
        for (long bound = 10; count < 19 && unsigned >= bound; bound *= 10) {
            count++;
        }
        return count;
    }
}
