package io.larder.client;

import org.jspecify.annotations.Nullable;

/** Values between caller and wire: the codec, and the limit of what is sent. */
final class ValueForm<V> {
    private final Codec<V> codec;
    private final int valueBytesMax;

    ValueForm(Codec<V> codec, int valueBytesMax) {
        this.codec = codec;
        this.valueBytesMax = valueBytesMax;
    }

    Codec<V> codec() {
        return codec;
    }

    /** The stored form; null if it is too large to be sent. */
    @Nullable
    Encoded encode(V value) {
        Encoded encoded = codec.encode(value);
        return encoded.data().length > valueBytesMax ? null : encoded;
    }

    V decode(Node node, String key, int flags, byte[] data) {
        int bytes = data.length; // before the codec may change it
        try {
            V value = codec.decode(flags, data);
            if (value == null) {
                throw new IllegalStateException("the codec returned null");
            }
            return value;
        } catch (RuntimeException e) {
            throw Failures.unreadable(node, key, flags, bytes, e);
        }
    }
}
