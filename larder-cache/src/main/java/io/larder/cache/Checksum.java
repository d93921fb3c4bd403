package io.larder.cache;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Four bytes of CRC-32C over the key and all that was written. It finds what breaks by accident, the bytes of another key among it, and
 * stops nobody who means it: that takes a {@link Signature}.
 */
final class Checksum implements Seal {
    private static final int BYTES = 4;

    @Override
    public byte[] close(String key, ByteOut written) {
        written.fixed(sum(key, written.bytes(), written.length()), BYTES);
        return written.toBytes();
    }

    @Override
    public int check(String key, byte[] bytes) {
        int end = bytes.length - BYTES;
        if (end < 0 || new ByteIn(bytes, end, bytes.length).fixed(BYTES) != sum(key, bytes, end)) {
            throw new UnreadableException("damaged");
        }
        return end;
    }

    @Override
    public boolean isRequired() {
        return false;
    }

    /** The key goes first with a zero byte behind it, which no key has: so key and bytes cannot trade places. */
    private static long sum(String key, byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        crc.update(0);
        crc.update(bytes, 0, length);
        return crc.getValue();
    }
}
