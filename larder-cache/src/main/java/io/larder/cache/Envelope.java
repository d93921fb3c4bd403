package io.larder.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What entries wear outside the process. Big-endian:
 *
 * <pre>
 *   0  2  magic EC 4C
 *   2  1  format, 2
 *   3  1  flags: 01 there is no value, then no payload follows; 02 the payload is a failure; 04 versions follow the head; 08 the
 *         payload is the length of the value as a number, and the value deflated; all others must be 0
 *   4  1  codec: 1 is the binary form of {@link ValueCodecs}, 2 one that was plugged in and has its name in its shape
 *   5  4  shape: the first bytes of SHA-256 of {@link ValueCodec#shape}
 *   9  8  stamp
 *  17  6  created, in milliseconds since 1970
 *  23  6  fresh until, in milliseconds since 1970; all ones for ever
 *  29  6  kept until, likewise: the end of the time it may be served as stale
 *  35  4  load cost in microseconds, all ones for that or more
 *  39     versions: how many in one byte, of each the marker as text and eight bytes
 *         payload: the value; or of a failure the name of its type, and its message as an optional text
 *         the {@link Seal}: proves that all of it is there, as it was written, under this key
 * </pre>
 *
 * <p>Format 1 had neither seal nor "kept until"; it is still read. Readers take only what they know wholly: a broken seal, another
 * magic, format, flag, codec or shape, an early or a late end are all the same, nothing that can be read.
 */
final class Envelope {
    static final int HEAD_BYTES = 39;

    private static final int MAGIC = 0xEC4C; // no text begins so in UTF-8
    private static final int FORMAT = 2;
    private static final int FORMAT_WITHOUT_SEAL = 1;
    private static final int FLAG_NULL = 1;
    private static final int FLAG_FAILURE = 2;
    private static final int FLAG_VERSIONS = 4;
    private static final int FLAG_COMPRESSED = 8;
    private static final int FLAGS_AT = 3;
    private static final int CODEC_BINARY = 1;
    private static final int CODEC_PLUGGED = 2;
    private static final int SHAPE_BYTES = 4;
    private static final int MILLIS_BYTES = 6;
    private static final long MILLIS_MAX = (1L << 48) - 1;
    private static final long MICROS_MAX = (1L << 32) - 1;

    private final List<Form> forms;
    private final Seal seal;
    private final Compression compression;

    Envelope(ValueCodec codec, Seal seal, Compression compression) {
        this(List.of(codec), seal, compression);
    }

    /** Writes by the first codec, and reads what any of them has written. */
    Envelope(List<ValueCodec> codecs, Seal seal, Compression compression) {
        this.forms = codecs.stream().map(Form::of).toList();
        this.seal = seal;
        this.compression = compression;
    }

    /** A codec, and how it is known in the head. */
    private record Form(ValueCodec codec, int id, int shape) {
        static Form of(ValueCodec codec) {
            byte[] digest = KeyWriter.sha256(codec.shape().getBytes(StandardCharsets.UTF_8));
            return new Form(
                    codec,
                    codec.isPlugged() ? CODEC_PLUGGED : CODEC_BINARY,
                    ByteBuffer.wrap(digest).getInt());
        }
    }

    /**
     * A remembered failure.
     *
     * @param type the name of its class
     */
    record Failure(String type, @Nullable String message) {}

    /**
     * What stands in an envelope beside its value.
     *
     * @param keptUntilMillis until when it may be served, stale or not, since 1970; {@link Long#MAX_VALUE} for ever
     */
    record Head(Meta meta, long keptUntilMillis, Versions versions) {}

    /**
     * What an envelope held.
     *
     * @param value possibly null; so it is where there is a failure
     */
    record Contents(@Nullable Object value, @Nullable Failure failure, Head head) {}

    /**
     * The stored form.
     *
     * @throws RuntimeException if the value is not of the declared type
     */
    byte[] wrap(String key, @Nullable Object value, Head head) {
        ByteOut out = begin(value == null ? FLAG_NULL : 0, head);
        if (value != null) {
            int start = out.length();
            forms.get(0).codec().write(out, value);
            compress(out, start);
        }
        return seal.close(key, out);
    }

    private void compress(ByteOut out, int start) {
        int length = out.length() - start;
        byte[] small = compression.deflate(out.bytes(), start, out.length());
        if (small != null) {
            out.cut(start);
            out.bytes()[FLAGS_AT] |= FLAG_COMPRESSED;
            out.varint(length);
            out.raw(small);
        }
    }

    /** The stored form of a failure. */
    byte[] wrapFailure(String key, Failure failure, Head head) {
        ByteOut out = begin(FLAG_FAILURE, head);
        out.text(failure.type());
        out.oneByte(failure.message() == null ? 0 : 1);
        if (failure.message() != null) {
            out.text(failure.message());
        }
        return seal.close(key, out);
    }

    private ByteOut begin(int flags, Head head) {
        Versions versions = head.versions();
        ByteOut out = new ByteOut(HEAD_BYTES + 64);
        out.fixed(MAGIC, 2);
        out.oneByte(FORMAT);
        out.oneByte(versions.isEmpty() ? flags : flags | FLAG_VERSIONS);
        out.oneByte(forms.get(0).id());
        out.fixed(forms.get(0).shape(), SHAPE_BYTES);
        out.fixed(head.meta().stamp(), 8);
        out.fixed(head.meta().createdMillis(), MILLIS_BYTES);
        out.fixed(Math.min(head.meta().freshUntilMillis(), MILLIS_MAX), MILLIS_BYTES);
        out.fixed(Math.min(head.keptUntilMillis(), MILLIS_MAX), MILLIS_BYTES);
        out.fixed(Math.min(head.meta().loadMicros(), MICROS_MAX), 4);
        if (!versions.isEmpty()) {
            out.oneByte(versions.markers().size());
            for (int i = 0; i < versions.markers().size(); i++) {
                out.text(versions.markers().get(i));
                out.fixed(versions.number(i), 8);
            }
        }
        return out;
    }

    /** The contents, or {@code null} if the bytes are foreign, damaged, of another key or of another shape. */
    @Nullable
    Contents unwrap(String key, byte[] bytes) {
        try {
            int end = seal.isRequired() || !isWithoutSeal(bytes) ? seal.check(key, bytes) : bytes.length;
            return read(new ByteIn(bytes, end));
        } catch (RuntimeException e) {
            return null; // to the reader all kinds of unreadable are one: it counts them, and loads
        }
    }

    private static boolean isWithoutSeal(byte[] bytes) {
        return bytes.length > 2 && bytes[2] == FORMAT_WITHOUT_SEAL;
    }

    private Contents read(ByteIn in) {
        expect(in.fixed(2) == MAGIC, "foreign");
        int format = in.oneByte();
        expect(format == FORMAT || format == FORMAT_WITHOUT_SEAL, "of a later version");
        int flags = in.oneByte();
        int kind = flags & ~(FLAG_VERSIONS | FLAG_COMPRESSED);
        boolean compressed = (flags & FLAG_COMPRESSED) != 0;
        expect(!compressed || kind == 0, "of a later version");
        expect(kind >= 0 && kind <= FLAG_FAILURE, "of a later version");
        ValueCodec codec = codec(in.oneByte(), (int) in.fixed(SHAPE_BYTES));
        long stamp = in.fixed(8);
        long created = in.fixed(MILLIS_BYTES);
        long freshUntil = millis(in);
        long keptUntil = format == FORMAT_WITHOUT_SEAL ? Long.MAX_VALUE : millis(in);
        Meta meta = new Meta(stamp, created, freshUntil, in.fixed(4));
        Versions versions = (flags & FLAG_VERSIONS) == 0 ? Versions.NONE : versions(in);
        Failure failure = kind == FLAG_FAILURE ? new Failure(in.text(), in.oneByte() == 0 ? null : in.text()) : null;
        ByteIn payload = compressed ? inflated(in) : in;
        Object value = kind == 0 ? codec.read(payload) : null;
        expect(payload.left() == 0, "longer than its value");
        return new Contents(value, failure, new Head(meta, keptUntil, versions));
    }

    private ValueCodec codec(int id, int shape) {
        for (Form form : forms) {
            if (form.id() == id && form.shape() == shape) {
                return form.codec();
            }
        }
        throw new UnreadableException("of another codec or shape");
    }

    private static ByteIn inflated(ByteIn in) {
        long length = in.varint();
        return new ByteIn(Compression.inflate(in.raw(in.left()), length));
    }

    private static long millis(ByteIn in) {
        long millis = in.fixed(MILLIS_BYTES);
        return millis == MILLIS_MAX ? Long.MAX_VALUE : millis;
    }

    private static Versions versions(ByteIn in) {
        int count = in.oneByte();
        expect(count > 0 && count <= Versions.COUNT_MAX, "of a later version");
        List<String> markers = new ArrayList<>(count);
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            markers.add(in.text());
            numbers[i] = in.fixed(8);
        }
        return Versions.of(markers, numbers);
    }

    private static void expect(boolean met, String otherwise) {
        if (!met) {
            throw new UnreadableException(otherwise);
        }
    }
}
