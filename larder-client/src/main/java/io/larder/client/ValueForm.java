package io.larder.client;

import org.jspecify.annotations.Nullable;

/** Values between caller and wire: the codec, the limit of what is sent, and the key where it is kept beside the value. */
final class ValueForm<V> {
    private final Codec<V> codec;
    private final int valueBytesMax;
    private final @Nullable CarriedKey carried;

    ValueForm(Codec<V> codec, int valueBytesMax) {
        this(codec, valueBytesMax, null);
    }

    private ValueForm(Codec<V> codec, int valueBytesMax, @Nullable CarriedKey carried) {
        this.codec = codec;
        this.valueBytesMax = valueBytesMax;
        this.carried = carried;
    }

    /** The form of values of one key, which is kept beside them. */
    ValueForm<V> carrying(String key) {
        return new ValueForm<>(codec, valueBytesMax, new CarriedKey(key));
    }

    Codec<V> codec() {
        return codec;
    }

    int valueBytesMax() {
        return valueBytesMax;
    }

    /** The stored form; null if it is too large to be sent. */
    @Nullable
    Encoded encode(V value) {
        Encoded encoded = codec.encode(value);
        Encoded whole = carried == null ? encoded : carried.before(encoded);
        return whole.data().length > valueBytesMax ? null : whole;
    }

    /** What was stored under the key; null if it was stored under another that has the same digest. */
    byte @Nullable [] ours(byte[] data) {
        return carried == null ? data : carried.behind(data);
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
