package io.larder.client;

import io.larder.protocol.EncodedRequest;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A retrieval of one key. A value under any other key is not ours: the connection has to be closed. */
final class ValueExchange extends Exchange {
    private final byte[] key;
    private TextReply.@Nullable Value value;

    ValueExchange(String operation, EncodedRequest request, byte[] key) {
        super(operation, request);
        this.key = key;
    }

    @Override
    protected boolean take(TextReply reply) {
        if (reply == Status.END) {
            return true;
        }
        if (!(reply instanceof TextReply.Value found)) {
            throw notMine(reply);
        }
        if (value != null || !Arrays.equals(found.key(), key)) {
            throw notMine(reply);
        }
        value = found;
        return false;
    }

    /** The item; null where the node has none. */
    TextReply.@Nullable Value value() {
        return value;
    }
}
