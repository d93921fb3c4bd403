package io.larder.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request ready for the wire: a line, and for writes a value, whose array it shares. {@link TextRequestEncoder} makes
 * them. Thread-safe as long as nobody changes that array.
 */
public final class EncodedRequest {
    private static final int CRLF_BYTES = 2;

    private final byte[] line;
    private final int lineBytes;
    private final byte @Nullable [] data;

    EncodedRequest(byte[] line, int lineBytes, byte @Nullable [] data) {
        this.line = line;
        this.lineBytes = lineBytes;
        this.data = data;
    }

    /** Bytes on the wire. */
    public int length() {
        byte[] value = data;
        return value == null ? lineBytes : lineBytes + value.length + CRLF_BYTES;
    }

    /**
     * Appends the whole request.
     *
     * @param out with at least {@link #length()} bytes remaining
     */
    public void writeTo(ByteBuffer out) {
        out.put(line, 0, lineBytes);
        byte[] value = data;
        if (value != null) {
            out.put(value).put((byte) '\r').put((byte) '\n');
        }
    }
}
