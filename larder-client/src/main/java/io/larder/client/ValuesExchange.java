package io.larder.client;

import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A retrieval of several keys. A value under a key not asked for is not ours: the connection has to be closed. */
final class ValuesExchange extends Exchange {
    private final List<byte[]> keys;
    private final TextReply.@Nullable Value[] values;
    private int expected;

    /**
     * Asks for keys.
     *
     * @param keys none twice
     */
    ValuesExchange(List<byte[]> keys) {
        super("getAll", TextRequestEncoder.get(keys));
        this.keys = keys;
        this.values = new TextReply.@Nullable Value[keys.size()];
    }

    @Override
    protected boolean take(TextReply reply) {
        if (reply == Status.END) {
            return true;
        }
        if (!(reply instanceof TextReply.Value found)) {
            throw notMine(reply);
        }
        int at = indexOf(found.key());
        if (at < 0 || values[at] != null) {
            throw notMine(reply);
        }
        values[at] = found;
        expected = at + 1;
        return false;
    }

    /** Nodes answer in the order asked, leaving out what they miss, so the search goes on behind the last hit. */
    private int indexOf(byte[] key) {
        for (int i = 0; i < keys.size(); i++) {
            int at = (expected + i) % keys.size();
            if (Arrays.equals(keys.get(at), key)) {
                return at;
            }
        }
        return -1;
    }

    /** The item of the key at an index; null where the node has none. */
    TextReply.@Nullable Value value(int index) {
        return values[index];
    }
}
