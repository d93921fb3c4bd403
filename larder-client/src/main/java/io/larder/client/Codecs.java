package io.larder.client;

import java.nio.charset.StandardCharsets;

/** Codecs for what memcached stores as it is: with flags 0, and readable by clients in any language. */
public final class Codecs {
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
