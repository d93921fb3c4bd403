package io.larder.cache;

import io.larder.base.SizeText;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Deflates payloads above a size (RFC 1951, fastest level), where that makes them smaller by a tenth at least: below that, reading
 * costs more than it saves.
 *
 * @param fromBytes smallest payload that is tried
 */
record Compression(long fromBytes) {
    static final Compression DEFAULT = new Compression(1024);
    static final Compression OFF = new Compression(Long.MAX_VALUE);

    /** Largest payload that is compressed, and that a compressed one may hold: what is small in the store stays bearable here. */
    static final int BYTES_MAX = 16 << 20;

    /** Deflate's best: 258 bytes from two bits. More is a lie, and found out before any memory is taken. */
    private static final int RATIO_MAX = 1032;

    private static final int PARTS = 10;

    /**
     * As a URL has it: {@code off}, or a size.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Compression parse(String text) {
        try {
            return text.strip().equals("off") ? OFF : new Compression(SizeText.parse(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "compress: %s; write compress=off, or from which size on, like compress=4KB"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /** The compressed bytes, or {@code null} where they are to stay as they are. */
    byte @Nullable [] deflate(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length < fromBytes || length > BYTES_MAX) {
            return null;
        }
        byte[] small = new byte[length - length / PARTS];
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(bytes, from, length);
            deflater.finish();
            int written = deflater.deflate(small);
            return deflater.finished() ? Arrays.copyOf(small, written) : null;
        } finally {
            deflater.end();
        }
    }

    /** The bytes that were compressed: as many as the reader says, and then nothing. */
    static byte[] inflate(byte[] small, long length) {
        if (length < 0 || length > BYTES_MAX || length > (long) RATIO_MAX * small.length) {
            throw new UnreadableException("larger than it may be");
        }
        byte[] bytes = new byte[(int) length];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(small);
            int read = 0;
            int more = 1;
            while (read < bytes.length && more > 0) {
                more = inflater.inflate(bytes, read, bytes.length - read);
                read += more;
            }
            boolean ended = inflater.finished() || (inflater.inflate(new byte[1]) == 0 && inflater.finished());
            if (read < bytes.length || !ended || inflater.getRemaining() > 0) {
                throw new UnreadableException("not as long as it says");
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new UnreadableException("not compressed");
        } finally {
            inflater.end();
        }
    }
}
