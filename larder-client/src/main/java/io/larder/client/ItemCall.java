package io.larder.client;

import io.larder.protocol.MetaReply;
import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A read of one key. A value under any other key is not ours: the connection has to be closed.
 *
 * <p>What a lease leaves for its holder is no value: an empty item that another caller has promised to fill. And what was
 * marked as stale is no hit, but {@link LookupCall} shows it.
 */
abstract class ItemCall<V, R extends @Nullable Object> extends KeyCall<R> {
    private static final int STALE = 1;
    private static final int WON = 2;
    private static final int WON_BY_ANOTHER = 4;

    private final ValueForm<V> form;
    private int flags;
    private byte @Nullable [] data;

    /** One byte for the three: as three fields they would make every read eight bytes larger. */
    private byte marks;

    ItemCall(String operation, NodeLink link, String key, byte[] wireKey, ValueForm<V> form) {
        super(operation, link, key, wireKey);
        this.form = form;
    }

    @Override
    protected boolean take(TextReply reply) {
        return reply instanceof MetaReply meta ? takeMeta(meta) : takeText(reply);
    }

    private boolean takeMeta(MetaReply reply) {
        if (reply.code() == MetaReply.Code.VA) {
            if (!reply.hasKey(wireKey())) {
                throw notMine(reply);
            }
            flags = reply.flags();
            data = noted(reply.data());
            takeCas(reply.cas());
            takeTtl(reply.ttlSeconds());
            marks = (byte) ((reply.stale() ? STALE : 0)
                    | (reply.won() ? WON : 0)
                    | (reply.wonByAnother() ? WON_BY_ANOTHER : 0));
        } else if (reply.code() != MetaReply.Code.EN) {
            throw notMine(reply);
        }
        return true;
    }

    private boolean takeText(TextReply reply) {
        if (reply == Status.END) {
            return true;
        }
        if (!(reply instanceof TextReply.Value found) || data != null || !Arrays.equals(found.key(), wireKey())) {
            throw notMine(reply);
        }
        flags = found.flags();
        data = noted(found.data());
        takeCas(found.cas());
        return false;
    }

    private byte @Nullable [] noted(byte @Nullable [] bytes) {
        if (bytes != null) {
            link().largeKeys().note(wireKey(), bytes.length);
        }
        return bytes;
    }

    /** Whether there is anything, be it what a lease left; see {@link #takeCas}. */
    final boolean hasItem() {
        return data != null;
    }

    /** Whether there is a value of this key, fresh or not. */
    final boolean isFound() {
        byte[] bytes = data;
        boolean stub = bytes != null && bytes.length == 0 && flags == 0 && (marks & (WON | WON_BY_ANOTHER)) != 0;
        return bytes != null && !stub && form.ours(bytes) != null;
    }

    final boolean isStale() {
        return (marks & STALE) != 0;
    }

    /** Whether this caller is the one who shall store anew. */
    final boolean isWon() {
        return (marks & WON) != 0;
    }

    /** Takes note of the CAS token, where anybody is going to look at it. */
    protected void takeCas(long cas) {}

    /** Takes note of what is left of the TTL, where anybody asked for it; only in meta commands. */
    protected void takeTtl(long seconds) {}

    /** The value, which is {@link #isFound}. */
    final V value() {
        return form.decode(node(), key(), flags, Objects.requireNonNull(form.ours(Objects.requireNonNull(data))));
    }

    /** Reads a value. */
    static final class Get<V> extends ItemCall<V, @Nullable V> {
        Get(NodeLink link, String key, byte[] wireKey, ValueForm<V> form) {
            super("get", link, key, wireKey, form);
        }

        @Override
        boolean isRepeatable() {
            return true;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.get(out, wireKey(), false, MetaRequestEncoder.NONE, false, opaque);
            } else {
                TextRequestEncoder.get(wireKey()).writeTo(out);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
        @Nullable
        V result() {
            throwIfRefused();
            return isFound() && !isStale() ? value() : null;
        }
    }

    /** Reads a value, which gets a new exptime. */
    static final class GetAndTouch<V> extends ItemCall<V, @Nullable V> {
        private final long exptime;

        GetAndTouch(NodeLink link, String key, byte[] wireKey, ValueForm<V> form, long exptime) {
            super("getAndTouch", link, key, wireKey, form);
            this.exptime = link.exptime(exptime);
        }

        @Override
        boolean isRepeatable() {
            return true;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.get(out, wireKey(), false, exptime, false, opaque);
            } else {
                TextRequestEncoder.getAndTouch(wireKey(), exptime).writeTo(out);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
        @Nullable
        V result() {
            throwIfRefused();
            return isFound() && !isStale() ? value() : null;
        }
    }
}
