package io.larder.server;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The few forms of DER it takes to give a bare RSA or EC key the frame that the JDK reads. Source: ITU-T X.690. */
final class Der {
    static final int SEQUENCE = 0x30;
    static final int OCTETS = 0x04;
    static final int PARAMETERS = 0xa0;
    static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private Der() {}

    /** One value with its tag and length around these parts. */
    static byte[] wrap(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 0x80) {
            out.write(length);
        } else {
            int lengthBytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | lengthBytes);
            for (int i = lengthBytes - 1; i >= 0; i--) {
                out.write(length >> (8 * i));
            }
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    /**
     * The content of the first value with that tag inside the sequence {@code der}; empty where there is none.
     *
     * @throws IllegalArgumentException if it is no sequence of whole values
     */
    static byte[] find(byte[] der, int tag) {
        int[] outer = header(der, 0);
        for (int at = outer[0]; at < outer[1]; ) {
            int[] inner = header(der, at);
            if ((der[at] & 0xff) == tag) {
                return Arrays.copyOfRange(der, inner[0], inner[1]);
            }
            at = inner[1];
        }
        return new byte[0];
    }

    /** Where the content of the value at {@code at} begins and ends. */
    private static int[] header(byte[] der, int at) {
        if (at + 2 > der.length) {
            throw new IllegalArgumentException("cut off");
        }
        int length = der[at + 1] & 0xff;
        int start = at + 2;
        if (length > 0x80) {
            int lengthBytes = length & 0x7f;
            if (lengthBytes > 3 || start + lengthBytes > der.length) {
                throw new IllegalArgumentException("cut off");
            }
            length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = (length << 8) | (der[start++] & 0xff);
            }
        }
        if (length > der.length - start) {
            throw new IllegalArgumentException("cut off");
        }
        return new int[] {start, start + length};
    }
}
