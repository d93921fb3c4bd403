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
    private static final char NULL = '~';
    private static final String HEX = "0123456789ABCDEF";

    private final StringBuilder out;
    private char separator;

    KeyWriter(int capacity) {
        this.out = new StringBuilder(capacity);
    }

    /** Whether the character may stand in a key as itself. */
    static boolean isPlain(char c) {
        return c > ' ' && c < 0x7f && STRUCTURE.indexOf(c) < 0;
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

    /** Adds characters as they are: literals and structure. */
    void raw(String text) {
        out.append(text);
    }

    void raw(char c) {
        out.append(c);
    }

    /** Adds the mark of a null, several for what is missing before the end of a path. */
    void absent(int marks) {
        for (int i = 0; i < marks; i++) {
            out.append(NULL);
        }
    }

    void number(long value) {
        if (separator == '-') {
            text(Long.toString(value));
        } else {
            out.append(value);
        }
    }

    /** Adds text, escaped. */
    void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c) && c != separator) {
                out.append(c);
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
        out.append('%').append(HEX.charAt((b >> 4) & 0xF)).append(HEX.charAt(b & 0xF));
    }

    int length() {
        return out.length();
    }

    /** What was written so far, whatever its length. */
    String written() {
        return out.toString();
    }

    /** The key: as written, or beyond {@value #KEY_BYTES_MAX} characters its head and a digest of the whole. */
    String finish() {
        if (out.length() <= KEY_BYTES_MAX) {
            return out.toString();
        }
        String digest = digest(out.toString());
        out.setLength(KEY_BYTES_MAX - 1 - DIGEST_CHARS);
        return out.append(NULL).append(digest).toString();
    }

    private static String digest(String key) {
        byte[] sha = sha256(key.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha, DIGEST_BYTES));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
