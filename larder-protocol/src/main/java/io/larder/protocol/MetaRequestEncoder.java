package io.larder.protocol;

import java.nio.ByteBuffer;

/**
 * Requests of the meta protocol, written straight into a buffer; each but {@link #noop} carries an opaque number, which its
 * reply repeats. Nothing is checked here: keys must be free of blanks and control characters, as the client has made sure.
 *
 * <p>A number that may be left out is {@link #NONE} where it is.
 */
public final class MetaRequestEncoder {
    /** Stands for a number that is not sent. */
    public static final long NONE = Long.MIN_VALUE;

    /** Bytes of any request without its key and its value, at most. */
    public static final int OVERHEAD_BYTES_MAX = 160;

    private static final int DECIMAL = 10;

    private MetaRequestEncoder() {}

    /** What {@code ms} does; APPEND and PREPEND leave TTL and flags of the item as they are. */
    public enum Mode {
        SET('S'),
        ADD('E'),
        REPLACE('R'),
        APPEND('A'),
        PREPEND('P');

        private final char letter;

        Mode(char letter) {
            this.letter = letter;
        }
    }

    /**
     * {@code mg}: value, client flags and key, and what else is asked for.
     *
     * @param exptime new one ({@code T}), or {@link #NONE}
     * @param quiet whether a miss is passed over in silence
     */
    public static void get(ByteBuffer out, byte[] key, boolean cas, long exptime, boolean quiet, int opaque) {
        word(out, 'm', 'g', key);
        flag(out, 'v');
        flag(out, 'f');
        flag(out, 'k');
        if (cas) {
            flag(out, 'c');
        }
        optional(out, 'T', exptime);
        if (quiet) {
            flag(out, 'q');
        }
        end(out, opaque);
    }

    /**
     * {@code mg} that takes part in who may load: value, client flags, key, CAS token.
     *
     * @param vivify exptime of the stub a miss leaves ({@code N}), or {@link #NONE}
     * @param recache remaining TTL in seconds below which one caller is told to refresh ({@code R}), or {@link #NONE}
     */
    public static void lease(ByteBuffer out, byte[] key, long vivify, long recache, int opaque) {
        word(out, 'm', 'g', key);
        flag(out, 'v');
        flag(out, 'f');
        flag(out, 'k');
        flag(out, 'c');
        flag(out, 's');
        flag(out, 't');
        optional(out, 'N', vivify);
        optional(out, 'R', recache);
        end(out, opaque);
    }

    /**
     * {@code mg} of a value that is not to be sent if the item still has a CAS token; nodes before 1.6.40 do not look at that, and
     * send it.
     */
    public static void getUnless(ByteBuffer out, byte[] key, long cas, int opaque) {
        word(out, 'm', 'g', key);
        flag(out, 'v');
        flag(out, 'f');
        flag(out, 'k');
        flag(out, 'c');
        flag(out, 'C');
        number(out, cas);
        end(out, opaque);
    }

    /** {@code mg} of the CAS token alone. */
    public static void token(ByteBuffer out, byte[] key, int opaque) {
        word(out, 'm', 'g', key);
        flag(out, 'k');
        flag(out, 'c');
        end(out, opaque);
    }

    /** {@code mg} without the value: gives an item a new exptime. */
    public static void touch(ByteBuffer out, byte[] key, long exptime, int opaque) {
        word(out, 'm', 'g', key);
        flag(out, 'k');
        optional(out, 'T', exptime);
        end(out, opaque);
    }

    /** {@code ms}. */
    public static void store(ByteBuffer out, Mode mode, byte[] key, int flags, long exptime, byte[] data, int opaque) {
        word(out, 'm', 's', key);
        out.put((byte) ' ');
        number(out, data.length);
        if (mode != Mode.APPEND && mode != Mode.PREPEND) {
            optional(out, 'F', Integer.toUnsignedLong(flags));
            optional(out, 'T', exptime);
        }
        if (mode != Mode.SET) {
            flag(out, 'M');
            out.put((byte) mode.letter);
        }
        end(out, opaque);
        data(out, data);
    }

    /** {@code ms} of an item that must still have a CAS token. */
    public static void cas(ByteBuffer out, byte[] key, int flags, long exptime, long cas, byte[] data, int opaque) {
        word(out, 'm', 's', key);
        out.put((byte) ' ');
        number(out, data.length);
        optional(out, 'F', Integer.toUnsignedLong(flags));
        optional(out, 'T', exptime);
        flag(out, 'C');
        number(out, cas);
        end(out, opaque);
        data(out, data);
    }

    /** {@code md}. */
    public static void delete(ByteBuffer out, byte[] key, int opaque) {
        word(out, 'm', 'd', key);
        end(out, opaque);
    }

    /** {@code md} of an item that must still have a CAS token. */
    public static void delete(ByteBuffer out, byte[] key, long cas, int opaque) {
        word(out, 'm', 'd', key);
        flag(out, 'C');
        number(out, cas);
        end(out, opaque);
    }

    /** {@code md} that leaves the item, marked as stale, for another exptime. */
    public static void markStale(ByteBuffer out, byte[] key, long exptime, int opaque) {
        word(out, 'm', 'd', key);
        flag(out, 'I');
        optional(out, 'T', exptime);
        end(out, opaque);
    }

    /** {@code ma} upwards or downwards; the reply has the new number. */
    public static void count(ByteBuffer out, byte[] key, boolean up, long by, int opaque) {
        counter(out, key, up, by);
        end(out, opaque);
    }

    /** {@code ma} that creates a counter where there is none. */
    public static void count(ByteBuffer out, byte[] key, boolean up, long by, long initial, long exptime, int opaque) {
        counter(out, key, up, by);
        optional(out, 'N', exptime);
        out.put((byte) ' ').put((byte) 'J');
        number(out, initial);
        end(out, opaque);
    }

    /** {@code mn}. */
    public static void noop(ByteBuffer out) {
        out.put((byte) 'm').put((byte) 'n').put((byte) '\r').put((byte) '\n');
    }

    private static void data(ByteBuffer out, byte[] data) {
        out.put(data).put((byte) '\r').put((byte) '\n');
    }

    private static void counter(ByteBuffer out, byte[] key, boolean up, long by) {
        word(out, 'm', 'a', key);
        flag(out, 'v');
        flag(out, 'M');
        out.put((byte) (up ? 'I' : 'D'));
        out.put((byte) ' ').put((byte) 'D');
        number(out, by);
    }

    private static void word(ByteBuffer out, char first, char second, byte[] key) {
        out.put((byte) first).put((byte) second).put((byte) ' ').put(key);
    }

    private static void flag(ByteBuffer out, char letter) {
        out.put((byte) ' ').put((byte) letter);
    }

    private static void optional(ByteBuffer out, char letter, long value) {
        if (value != NONE) {
            flag(out, letter);
            number(out, value);
        }
    }

    private static void end(ByteBuffer out, int opaque) {
        flag(out, 'O');
        number(out, Integer.toUnsignedLong(opaque));
        out.put((byte) '\r').put((byte) '\n');
    }

    /** An unsigned number in decimal digits, written from behind. */
    private static void number(ByteBuffer out, long value) {
        int digits = 1;
        for (long rest = Long.divideUnsigned(value, DECIMAL); rest != 0; rest /= DECIMAL) {
            digits++;
        }
        int start = out.position();
        long rest = value;
        for (int at = start + digits - 1; at >= start; at--) {
            long tenth = Long.divideUnsigned(rest, DECIMAL);
            out.put(at, (byte) ('0' + (rest - DECIMAL * tenth)));
            rest = tenth;
        }
        out.position(start + digits);
    }
}
