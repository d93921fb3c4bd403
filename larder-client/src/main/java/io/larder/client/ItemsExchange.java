package io.larder.client;

import io.larder.protocol.MetaReply;
import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A retrieval of several keys. A value under a key not asked for is not ours: the connection has to be closed.
 *
 * <p>In meta commands all lines but the last are quiet about misses, and all have the same opaque: what the last key is
 * answered ends the reply.
 */
final class ItemsExchange extends Exchange {
    private final List<byte[]> keys;
    private final long exptime;
    private final int requestBytesMax;
    private final byte[][] data;
    private final int[] flags;
    private int expected;

    /**
     * Asks for keys.
     *
     * @param keys at least one, none twice
     */
    ItemsExchange(List<byte[]> keys) {
        this("getAll", keys, MetaRequestEncoder.NONE);
    }

    /**
     * Asks for keys, which get a new exptime.
     *
     * @param exptime {@link MetaRequestEncoder#NONE}: they do not
     */
    ItemsExchange(String operation, List<byte[]> keys, long exptime) {
        super(operation);
        this.keys = keys;
        this.exptime = exptime;
        this.requestBytesMax = requestBytesMax(keys);
        this.data = new byte[keys.size()][];
        this.flags = new int[keys.size()];
    }

    @Override
    boolean isRepeatable() {
        return true;
    }

    @Override
    int requestBytesMax() {
        return requestBytesMax;
    }

    private static int requestBytesMax(List<byte[]> keys) {
        int bytes = 0;
        for (byte[] key : keys) {
            bytes += key.length + MetaRequestEncoder.OVERHEAD_BYTES_MAX;
        }
        return bytes;
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        if (dialect == Dialect.TEXT) {
            (exptime == MetaRequestEncoder.NONE
                            ? TextRequestEncoder.get(keys)
                            : TextRequestEncoder.getAndTouch(keys, exptime))
                    .writeTo(out);
            return;
        }
        for (int i = 0; i < keys.size(); i++) {
            boolean quiet = i < keys.size() - 1;
            MetaRequestEncoder.get(out, keys.get(i), false, exptime, quiet, opaque);
        }
    }

    /** An error line would leave open which of the keys it is about. */
    @Override
    protected boolean allowsRefusal() {
        return false;
    }

    @Override
    protected boolean take(TextReply reply) {
        if (reply instanceof MetaReply meta) {
            return takeMeta(meta);
        }
        if (reply == Status.END) {
            return true;
        }
        if (!(reply instanceof TextReply.Value found)) {
            throw notMine(reply);
        }
        int at = -1;
        for (int i = 0; i < keys.size() && at < 0; i++) {
            int candidate = (expected + i) % keys.size(); // proxies may change the order
            at = Arrays.equals(keys.get(candidate), found.key()) ? candidate : -1;
        }
        put(at, found.flags(), found.data(), reply);
        return false;
    }

    private boolean takeMeta(MetaReply reply) {
        int last = keys.size() - 1;
        if (reply.code() == MetaReply.Code.EN && reply.hasKey(keys.get(last))) {
            return true;
        }
        byte[] bytes = reply.data();
        if (reply.code() != MetaReply.Code.VA || bytes == null) {
            throw notMine(reply);
        }
        int at = -1;
        for (int i = expected; i < keys.size() && at < 0; i++) {
            at = reply.hasKey(keys.get(i)) ? i : -1;
        }
        boolean stub = bytes.length == 0 && reply.flags() == 0 && (reply.won() || reply.wonByAnother());
        if (at >= 0 && (stub || reply.stale())) {
            expected = at + 1;
        } else {
            put(at, reply.flags(), bytes, reply);
        }
        return at == last;
    }

    /** Nodes answer in the order asked, leaving out what they miss, so the search goes on behind the last hit. */
    private void put(int at, int itsFlags, byte[] bytes, TextReply reply) {
        if (at < 0 || data[at] != null) {
            throw notMine(reply);
        }
        flags[at] = itsFlags;
        data[at] = bytes;
        expected = at + 1;
    }

    /** Whether the node has the key at an index. */
    boolean isFound(int index) {
        return data[index] != null;
    }

    int flags(int index) {
        return flags[index];
    }

    byte[] data(int index) {
        return data[index];
    }
}
