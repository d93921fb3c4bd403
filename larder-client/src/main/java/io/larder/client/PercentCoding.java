package io.larder.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes as {@code %hh}. */
final class PercentCoding {
    private static final int HEX = 16;

    private PercentCoding() {}

    /** The text of percent-encoded UTF-8; a percent sign that begins no byte stands for itself. */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), HEX) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), HEX);
            if (text.charAt(i) == '%' && low >= 0) {
                bytes.write(high * HEX + low);
                i += 2;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
