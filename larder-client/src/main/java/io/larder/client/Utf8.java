package io.larder.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 without silent replacement: the JDK turns what it cannot convert into question marks. */
final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** Whether a text holds half a surrogate pair, which has no form in UTF-8. */
    static boolean isBroken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The text of UTF-8 bytes.
     *
     * @throws IllegalArgumentException if they are not UTF-8
     */
    static String decode(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) { // seldom: either written so, or replaced just now
            requireValid(data);
        }
        return text;
    }

    private static void requireValid(byte[] data) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the %d bytes are not UTF-8".formatted(data.length), e);
        }
    }
}
