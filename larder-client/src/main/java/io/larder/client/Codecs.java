package io.larder.client;

import java.nio.charset.StandardCharsets;

/**
 * Codecs for what memcached stores as it is: with flags 0, and readable by clients in any language. {@link #compressed} and
 * {@link #signed} change that form; values go through the outer codec last.
 */
public final class Codecs {
    private static final int COMPRESSED_ABOVE_BYTES = 2 << 10;
    private static final int INFLATED_BYTES_MAX = 64 << 20;

    private Codecs() {}

    /** Text in UTF-8. Reads whatever the flags say, as other clients mark text in different ways. */
    public static Codec<String> text() {
        return Text.INSTANCE;
    }

    /** Bytes as they are. Arrays are not copied on the way in or out. */
    public static Codec<byte[]> bytes() {
        return Bytes.INSTANCE;
    }

    /**
     * Whole numbers as decimal text, which {@link View#incr} and {@link View#decr} can count.
     *
     * <p>Counters are unsigned: from 2^63 on they read as negative numbers; print them with
     * {@link Long#toUnsignedString(long)}. A negative number is stored with its sign, and memcached refuses to count it.
     */
    public static Codec<Long> numbers() {
        return Numbers.INSTANCE;
    }

    /** Values of a codec, those above 2 KB compressed, with at most 64 MB inside. */
    public static <V> Codec<V> compressed(Codec<V> values) {
        return compressed(values, COMPRESSED_ABOVE_BYTES, INFLATED_BYTES_MAX);
    }

    /**
     * Values of a codec, compressed by the JDK's Deflater where that makes them smaller; what is stored uncompressed is read as well.
     * Bit 25 of the flags marks what is compressed. Such values cannot be appended or prepended to, nor counted.
     *
     * @param aboveBytes size up to which values stay as they are
     * @param bytesMax largest value that is compressed, and that a compressed one may contain: more is unreadable, before it is in
     *     memory
     */
    public static <V> Codec<V> compressed(Codec<V> values, int aboveBytes, int bytesMax) {
        return new CompressedCodec<>(values, aboveBytes, bytesMax);
    }

    /**
     * Values of a codec behind a signature (HMAC-SHA-256, 33 bytes), checked before the codec sees them: who can write to the nodes
     * but does not know the secret cannot make this client parse anything. What is not signed is unreadable. The signature does not
     * cover the key: a signed value can be put under another key by who can write to the nodes. Bit 26 of the flags marks it.
     */
    public static <V> Codec<V> signed(Codec<V> values, SigningKeys keys) {
        return new SignedCodec<>(values, keys);
    }

    private enum Text implements Codec<String> {
        INSTANCE;

        @Override
        public Encoded encode(String value) {
            if (Utf8.isBroken(value)) {
                throw new IllegalArgumentException("the text has half a surrogate pair, which UTF-8 cannot carry");
            }
            return new Encoded(0, value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String decode(int flags, byte[] data) {
            return Utf8.decode(data);
        }
    }

    private enum Bytes implements Codec<byte[]> {
        INSTANCE;

        @Override
        public Encoded encode(byte[] value) {
            return new Encoded(0, value);
        }

        @Override
        public byte[] decode(int flags, byte[] data) {
            return data;
        }
    }

    private enum Numbers implements Codec<Long> {
        INSTANCE;

        @Override
        public Encoded encode(Long value) {
            return new Encoded(0, value.toString().getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public Long decode(int flags, byte[] data) {
            // decr leaves the old length and pads with blanks: 10 becomes "9 "
            String digits = new String(data, StandardCharsets.ISO_8859_1).stripTrailing();
            return digits.startsWith("-") ? Long.parseLong(digits) : Long.parseUnsignedLong(digits);
        }
    }
}
