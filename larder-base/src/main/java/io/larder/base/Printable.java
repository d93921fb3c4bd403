package io.larder.base;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Foreign bytes made safe for a log line or an error message: escaped to printable ASCII and cut to
 * {@value #CHARS_MAX} characters. Values never go through here, because values are never logged.
 */
public final class Printable {
    /** Longest text returned, the ellipsis included. */
    public static final int CHARS_MAX = 64;

    private static final String ELLIPSIS = "...";
    private static final String HEX = "0123456789abcdef";

    private Printable() {}

    /** The text with everything outside printable ASCII written as {@code \xNN}, at most {@value #CHARS_MAX} long. */
    public static String of(String text) {
        int enough = Math.min(text.length(), CHARS_MAX + 1); // an escape only lengthens
        return of(ByteBuffer.wrap(text.substring(0, enough).getBytes(StandardCharsets.UTF_8)));
    }

    /** Like {@link #of(String)}, for the bytes between position and limit, which stay where they are. */
    public static String of(ByteBuffer bytes) {
        StringBuilder out = new StringBuilder();
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            String next = escape(bytes.get(i));
            if (out.length() + next.length() > CHARS_MAX - ELLIPSIS.length()
                    && !fits(out.length(), next, bytes.limit() - i)) {
                return out.append(ELLIPSIS).toString();
            }
            out.append(next);
        }
        return out.toString();
    }

    private static boolean fits(int length, String next, int bytesLeft) {
        return length + next.length() * bytesLeft <= CHARS_MAX && next.length() == 1;
    }

    private static String escape(byte b) {
        if (b > 0x20 - 1 && b < 0x7f && b != '\\') {
            return String.valueOf((char) b);
        }
        return "\\x" + HEX.charAt((b >> 4) & 0xf) + HEX.charAt(b & 0xf);
    }
}
