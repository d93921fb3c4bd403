package io.larder.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Keys in UTF-8; blanks, control characters and the percent sign itself as {@code %hh}, so that no two keys become one. */
final class PercentKeys implements KeyPolicy {
    private static final String HEX = "0123456789ABCDEF";
    private static final int DELETE_CHAR = 0x7f;

    @Override
    public byte[] encode(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        int plain = 0;
        while (plain < bytes.length && !isEscaped(bytes[plain])) {
            plain++;
        }
        if (plain < bytes.length) {
            bytes = escaped(bytes);
        }
        return StrictKeys.checked(key, bytes);
    }

    private static byte[] escaped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 16);
        for (byte b : bytes) {
            if (isEscaped(b)) {
                out.write('%');
                out.write(HEX.charAt(b >> 4));
                out.write(HEX.charAt(b & 0xf));
            } else {
                out.write(b);
            }
        }
        return out.toByteArray();
    }

    private static boolean isEscaped(byte b) {
        return b >= 0 && (b <= ' ' || b == DELETE_CHAR || b == '%');
    }
}
