package io.larder.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Collects a key. Confined to the call that makes it.
 *
 * <p>Text is escaped as {@code %XX} of its UTF-8 bytes wherever it is not printable ASCII, is one of the characters that
 * structure keys, or is the one that ends the present slot. So a slot never contains what ends it, lists and maps can be
 * told from text that looks like them, and different arguments make different keys.
 */
final class KeyWriter {
    /** Longest key, in characters, which are bytes. Leaves 50 of memcached's 250 for a prefix. */
    static final int KEY_BYTES_MAX = 200;

    /** Never written raw as part of text. */
    static final String STRUCTURE = "%:,=~[](){}*";

    private static final int DIGEST_BYTES = 16;
    private static final int DIGEST_CHARS = 22;
    private static final int NUMBER_CHARS_MAX = 20;
    private static final char NULL = '~';
    private static final String HEX = "0123456789ABCDEF";
    private static final boolean[] PLAIN = new boolean[0x80];

    static {
        for (char c = 0; c < PLAIN.length; c++) {
            PLAIN[c] = c > ' ' && c < 0x7f && STRUCTURE.indexOf(c) < 0;
        }
    }

    private byte[] bytes; // ASCII; not a StringBuilder, which checks each character for another coding
    private int length;
    private char separator;

    KeyWriter(int capacity) {
        this.bytes = new byte[capacity];
    }

    /** Whether the character may stand in a key as itself. */
    static boolean isPlain(char c) {
        return c < PLAIN.length && PLAIN[c];
    }

    /** Whether all of the text may. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Literal text, ready to be added. */
    static byte[] literal(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A writer for a part that has to be sorted before it is added. */
    KeyWriter part() {
        KeyWriter part = new KeyWriter(32);
        part.separator = separator;
        return part;
    }

    /** Begins a slot that ends where this character comes next; 0 for the end of the key. */
    void beginSlot(char nextSeparator) {
        separator = nextSeparator;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * length));
        }
    }

    /** Adds characters as they are: literals and structure. */
    void raw(byte[] literal) {
        reserve(literal.length);
        System.arraycopy(literal, 0, bytes, length, literal.length);
        length += literal.length;
    }

    void raw(String text) {
        raw(literal(text));
    }

    void raw(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
    }

    /** Adds the mark of a null, several for what is missing before the end of a path. */
    void absent(int marks) {
        for (int i = 0; i < marks; i++) {
            raw(NULL);
        }
    }

    void number(long value) {
        if (separator == '-') {
            text(Long.toString(value));
            return;
        }
        reserve(NUMBER_CHARS_MAX);
        if (value < 0) {
            bytes[length++] = '-';
        }
        long rest = value < 0 ? value : -value; // there is one more of the negative
        length += digits(rest);
        int at = length;
        do {
            bytes[--at] = (byte) ('0' - rest % 10);
            rest /= 10;
        } while (rest != 0);
    }

    private static int digits(long negative) {
        int digits = 1;
        for (long rest = negative; rest <= -10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /** Adds text, escaped. */
    void text(String text) {
        reserve(text.length());
        int at = length;
        int i = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isPlain(c) || c == separator) {
                break;
            }
            bytes[at++] = (byte) c;
        }
        length = at;
        if (i < text.length()) {
            escaping(text, i);
        }
    }

    private void escaping(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c) && c != separator) {
                raw(c);
            } else if (c < 0x80) {
                escape(c);
            } else {
                int point = text.codePointAt(i);
                escapePoint(point);
                i += Character.charCount(point) - 1;
            }
        }
    }

    /** UTF-8, but with lone surrogates as three bytes of their own instead of a question mark, which would collide. */
    private void escapePoint(int point) {
        if (point < 0x800) {
            escape(0xC0 | (point >> 6));
        } else if (point < 0x10000) {
            escape(0xE0 | (point >> 12));
            escape(continuation(point >> 6));
        } else {
            escape(0xF0 | (point >> 18));
            escape(continuation(point >> 12));
            escape(continuation(point >> 6));
        }
        escape(continuation(point));
    }

    private static int continuation(int bits) {
        return 0x80 | (bits & 0x3F);
    }

    private void escape(int b) {
        raw('%');
        raw(HEX.charAt((b >> 4) & 0xF));
        raw(HEX.charAt(b & 0xF));
    }

    int length() {
        return length;
    }

    /** What was written so far, whatever its length. */
    String written() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1); // of ASCII the same, and a mere copy
    }

    /** The key: as written, or beyond {@value #KEY_BYTES_MAX} characters its head and a digest of the whole. */
    String finish() {
        if (length > KEY_BYTES_MAX) {
            byte[] digest = Arrays.copyOf(sha256(Arrays.copyOf(bytes, length)), DIGEST_BYTES);
            length = KEY_BYTES_MAX - 1 - DIGEST_CHARS;
            raw(NULL);
            raw(Base64.getUrlEncoder().withoutPadding().encode(digest));
        }
        return written();
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
