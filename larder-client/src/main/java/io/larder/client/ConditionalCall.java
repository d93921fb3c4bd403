package io.larder.client;

import io.larder.protocol.MetaReply;
import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A read of a value, unless it still has a CAS token.
 *
 * <p>Nodes with meta commands are asked for that; those that send the value anyway are remembered, and then asked for the token
 * alone, and for the value only if it is another. The classic protocol has no condition: there the value comes in any case.
 */
final class ConditionalCall<V> extends ItemCall<V, @Nullable Fetch<V>> {
    private final long known;
    private final boolean tokenFirst;
    private boolean unchanged;
    private boolean isOther;
    private long cas;

    /**
     * Asks for a value.
     *
     * @param tokenFirst whether a node that is known to ignore the condition is asked for the token alone
     */
    ConditionalCall(NodeLink link, String key, byte[] wireKey, ValueForm<V> form, long known, boolean tokenFirst) {
        super("getIfChanged", link, key, wireKey, form);
        this.known = known;
        this.tokenFirst = tokenFirst && link.ignoresConditions();
    }

    @Override
    boolean isRepeatable() {
        return true;
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        if (dialect == Dialect.TEXT) {
            TextRequestEncoder.gets(wireKey()).writeTo(out);
        } else if (tokenFirst) {
            MetaRequestEncoder.token(out, wireKey(), opaque);
        } else {
            MetaRequestEncoder.getUnless(out, wireKey(), known, opaque);
        }
    }

    @Override
    protected boolean take(TextReply reply) {
        if (!(reply instanceof MetaReply meta) || meta.code() != MetaReply.Code.HD) {
            return super.take(reply);
        }
        boolean same = meta.cas() == known;
        if (!meta.hasKey(wireKey()) || !(same || tokenFirst)) {
            throw notMine(reply);
        }
        unchanged = same && !meta.stale();
        isOther = !same && !meta.stale();
        return true;
    }

    @Override
    protected void takeCas(long token) {
        cas = token;
    }

    /** Null: the item is another, and its value has to be fetched. */
    @Override
    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    @Nullable
    Fetch<V> result() {
        throwIfRefused();
        if (isOther) {
            return null;
        }
        boolean sameSent = isFound() && !isStale() && cas == known;
        if (sameSent && wasSentAsMeta()) {
            link().noteIgnoredCondition();
        }
        if (unchanged || sameSent) {
            return new Fetch.NotModified<>();
        }
        return isFound() && !isStale() ? new Fetch.Changed<>(value(), cas) : new Fetch.Missing<>();
    }
}
