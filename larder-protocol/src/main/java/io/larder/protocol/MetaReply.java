package io.larder.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reply to a meta command. The decoder fills the same object again for each: what it says holds until the decoder is asked
 * for the next piece. Only {@link #data} is handed over for good.
 */
public final class MetaReply implements TextReply {
    /** {@link #ttlSeconds} of an item that never expires. */
    public static final long NEVER = -1;

    private static final int KEY_BYTES_MAX = 250;
    private static final long NUMBER_MAX = -1L;
    private static final long FLAGS_MAX = 0xffff_ffffL;

    /** The two letters a reply begins with. */
    public enum Code {
        /** Done, or found, without a value. */
        HD,
        /** A value follows. */
        VA,
        /** A read found nothing. */
        EN,
        /** A write found nothing. */
        NF,
        /** Not stored: the condition of the mode did not hold. */
        NS,
        /** The item has another CAS token. */
        EX,
        /** The answer to {@code mn}. */
        MN;

        private static final Code[] ALL = values();

        static @Nullable Code of(byte first, byte second) {
            for (Code code : ALL) {
                if (code.name().charAt(0) == first && code.name().charAt(1) == second) {
                    return code;
                }
            }
            return null;
        }
    }

    private Code code = Code.MN;
    private boolean hasOpaque;
    private long opaque;
    private final byte[] key = new byte[KEY_BYTES_MAX];
    private int keyBytes;
    private int flags;
    private long cas;
    private long ttlSeconds;
    private boolean won;
    private boolean wonByAnother;
    private boolean stale;
    private byte @Nullable [] data;

    MetaReply() {}

    /** The two letters. */
    public Code code() {
        return code;
    }

    /** Whether the reply repeats an opaque, and that one. */
    public boolean hasOpaque(int expected) {
        return hasOpaque && opaque == Integer.toUnsignedLong(expected);
    }

    /** Whether the reply repeats a key, and that one. */
    public boolean hasKey(byte[] expected) {
        return Arrays.equals(key, 0, keyBytes, expected, 0, expected.length);
    }

    /** Client flags, an unsigned 32-bit number; 0 where the request did not ask for them. */
    public int flags() {
        return flags;
    }

    /** The CAS token, an unsigned 64-bit number; 0 where the request did not ask for it. */
    public long cas() {
        return cas;
    }

    /** Remaining TTL in seconds, or {@link #NEVER}. */
    public long ttlSeconds() {
        return ttlSeconds;
    }

    /** {@code W}: this caller is the one who shall store anew. */
    public boolean won() {
        return won;
    }

    /** {@code Z}: another caller is. */
    public boolean wonByAnother() {
        return wonByAnother;
    }

    /** {@code X}: the item was marked as stale. */
    public boolean stale() {
        return stale;
    }

    /** The value, handed over; null unless the code is {@link Code#VA}. */
    public byte @Nullable [] data() {
        return data;
    }

    /** Takes the value, whose bytes have all arrived. */
    MetaReply withData(byte[] arrived) {
        data = arrived;
        return this;
    }

    /** Begins anew with the flags of a line; the cursor stands behind the code, or behind the size of a value. */
    MetaReply fill(Code begun, LineCursor cursor) {
        code = begun;
        hasOpaque = false;
        opaque = 0;
        keyBytes = 0;
        flags = 0;
        cas = 0;
        ttlSeconds = NEVER;
        won = false;
        wonByAnother = false;
        stale = false;
        data = null;
        while (!cursor.atEnd()) {
            cursor.blank();
            if (!cursor.atEnd()) { // some nodes leave a blank at the end
                flag(cursor);
            }
        }
        return this;
    }

    private void flag(LineCursor cursor) {
        switch (cursor.letter()) {
            case 'O' -> {
                hasOpaque = cursor.atDigit();
                if (hasOpaque) {
                    opaque = cursor.number(NUMBER_MAX);
                }
            }
            case 'k' -> keyBytes = cursor.word(key);
            case 'f' -> flags = (int) cursor.number(FLAGS_MAX);
            case 'c' -> cas = cursor.number(NUMBER_MAX);
            case 't' -> ttlSeconds = cursor.atDigit() ? cursor.number(Long.MAX_VALUE) : NEVER;
            case 'W' -> won = true;
            case 'Z' -> wonByAnother = true;
            case 'X' -> stale = true;
            default -> {} // not asked for, or of no use here
        }
        cursor.skipWord();
    }

    /** The number a counter answered with, which is its value in decimal digits. */
    public long count() {
        byte[] digits = data;
        if (digits == null) {
            throw new TextReplyException("answered a counter with " + code);
        }
        int length = digits.length;
        while (length > 0 && digits[length - 1] == ' ') {
            length--; // a counter that became shorter is padded in the store
        }
        LineCursor cursor = new LineCursor(ByteBuffer.wrap(digits), 0, length);
        long number = cursor.number(NUMBER_MAX);
        cursor.requireEnd();
        return number;
    }

    @Override
    public String toString() {
        return code.toString();
    }
}
