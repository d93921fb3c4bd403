package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Base64;

/** Keys in lines for people and programs. */
final class KeyText {
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    private static final String HEX = "0123456789ABCDEF";

    private KeyText() {}

    /** Encoded as in a URI: all but letters, digits and {@code -._~} as {@code %XX}. */
    static String encoded(ByteBuffer key) {
        StringBuilder text = new StringBuilder(key.remaining() + 16);
        for (int i = key.position(); i < key.limit(); i++) {
            byte b = key.get(i);
            if (PLAIN.indexOf(b) >= 0) {
                text.append((char) b);
            } else {
                text.append('%').append(HEX.charAt(b >> 4 & 0xf)).append(HEX.charAt(b & 0xf));
            }
        }
        return text.toString();
    }

    /** As a meta command takes it: as it is, or in base64 with the flag that says so. */
    static String forMeta(ByteBuffer key) {
        byte[] bytes = new byte[key.remaining()];
        key.get(key.position(), bytes);
        for (byte b : bytes) {
            if ((b >= 0 && b <= ' ') || b == 0x7f) {
                return Base64.getEncoder().encodeToString(bytes) + " b";
            }
        }
        return new String(bytes, ISO_8859_1);
    }
}
