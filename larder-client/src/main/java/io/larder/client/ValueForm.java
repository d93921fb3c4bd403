package io.larder.client;

import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Failure;
import io.larder.protocol.TextReply.Status;
import org.jspecify.annotations.Nullable;

/** Values between caller and wire: the codec, and the limit of what is sent. */
final class ValueForm<V> {
    private final Codec<V> codec;
    private final int valueBytesMax;

    ValueForm(Codec<V> codec, int valueBytesMax) {
        this.codec = codec;
        this.valueBytesMax = valueBytesMax;
    }

    /** The stored form; null if it is too large to be sent. */
    @Nullable
    Encoded encode(V value) {
        Encoded encoded = codec.encode(value);
        return encoded.data().length > valueBytesMax ? null : encoded;
    }

    V decode(Node node, String key, TextReply.Value found) {
        int bytes = found.data().length; // before the codec may change it
        try {
            V value = codec.decode(found.flags(), found.data());
            if (value == null) {
                throw new IllegalStateException("the codec returned null");
            }
            return value;
        } catch (RuntimeException e) {
            throw Failures.unreadable(node, key, found.flags(), bytes, e);
        }
    }

    /** What a store command was answered. */
    static StoreResult result(LineExchange store) {
        Failure refusal = store.refusal();
        if (refusal != null) {
            return refusal.kind() == Failure.Kind.TOO_LARGE ? StoreResult.TOO_LARGE : StoreResult.OUT_OF_MEMORY;
        }
        TextReply reply = store.reply();
        if (reply == Status.STORED) {
            return StoreResult.STORED;
        }
        if (reply == Status.EXISTS) {
            return StoreResult.EXISTS;
        }
        return reply == Status.NOT_FOUND ? StoreResult.NOT_FOUND : StoreResult.NOT_STORED;
    }
}
