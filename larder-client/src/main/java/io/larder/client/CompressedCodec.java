package io.larder.client;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Values of another codec, those above a size deflated (zlib, RFC 1950) where that makes them smaller: a bit of the flags says so. */
final class CompressedCodec<V> implements Codec<V> {
    /** Above the bits that clients of other languages use. */
    static final int FLAG = 1 << 25;

    private static final int CHUNK_BYTES = 8 << 10;

    private final Codec<V> values;
    private final int aboveBytes;
    private final int bytesMax;

    CompressedCodec(Codec<V> values, int aboveBytes, int bytesMax) {
        if (aboveBytes < 0 || bytesMax < 1) {
            throw new IllegalArgumentException(
                    "compression needs a size of 0 bytes or more and a limit of 1 or more, were %d and %d"
                            .formatted(aboveBytes, bytesMax));
        }
        this.values = values;
        this.aboveBytes = aboveBytes;
        this.bytesMax = bytesMax;
    }

    @Override
    public Encoded encode(V value) {
        Encoded encoded = values.encode(value);
        if ((encoded.flags() & FLAG) != 0) {
            throw new IllegalArgumentException("the codec inside uses flag 0x%x itself".formatted(FLAG));
        }
        byte[] plain = encoded.data();
        if (plain.length <= aboveBytes || plain.length > bytesMax) { // what could not be read is not written
            return encoded;
        }
        byte[] small = new byte[plain.length - 1];
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(plain);
            deflater.finish();
            int length = deflater.deflate(small);
            if (!deflater.finished()) {
                return encoded; // no smaller
            }
            byte[] data = new byte[length];
            System.arraycopy(small, 0, data, 0, length);
            return new Encoded(encoded.flags() | FLAG, data);
        } finally {
            deflater.end();
        }
    }

    @Override
    public V decode(int flags, byte[] data) {
        return (flags & FLAG) == 0 ? values.decode(flags, data) : values.decode(flags & ~FLAG, inflate(data));
    }

    private byte[] inflate(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) Math.min(bytesMax, 4L * data.length));
        byte[] chunk = new byte[CHUNK_BYTES];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(data);
            while (!inflater.finished()) {
                int length = inflater.inflate(chunk);
                if (length == 0 && !inflater.finished()) {
                    throw new IllegalArgumentException(
                            "the compressed value of %d bytes is cut".formatted(data.length));
                }
                if (out.size() + length > bytesMax) {
                    throw new IllegalArgumentException(
                            "the compressed value of %d bytes has more than %d inside; raise the limit if it is yours"
                                    .formatted(data.length, bytesMax));
                }
                out.write(chunk, 0, length);
            }
            if (inflater.getRemaining() > 0) {
                throw new IllegalArgumentException(
                        "the compressed value has %d bytes behind its end".formatted(inflater.getRemaining()));
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("the value is marked as compressed and is not: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }
}
