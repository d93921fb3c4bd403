package io.larder.client;

import io.larder.protocol.MetaReply;
import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A read of an item that is going to be copied. Nodes without meta commands do not tell what is left of its TTL. */
final class CopyCall extends ItemCall<Encoded, @Nullable StoredItem> {
    private final Duration ttlUnlessTold;
    private long cas;
    private long ttlSeconds;

    CopyCall(NodeLink link, String key, byte[] wireKey, ValueForm<Encoded> form, Duration ttlUnlessTold) {
        super("copy", link, key, wireKey, form);
        this.ttlUnlessTold = ttlUnlessTold;
    }

    @Override
    boolean isRepeatable() {
        return true;
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        if (dialect == Dialect.META) {
            MetaRequestEncoder.lease(out, wireKey(), MetaRequestEncoder.NONE, MetaRequestEncoder.NONE, opaque);
        } else {
            TextRequestEncoder.gets(wireKey()).writeTo(out);
        }
    }

    @Override
    protected void takeCas(long token) {
        cas = token;
    }

    @Override
    protected void takeTtl(long seconds) {
        ttlSeconds = seconds;
    }

    @Override
    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    @Nullable
    StoredItem result() {
        throwIfRefused();
        return isFound() && !isStale() ? new StoredItem(value(), ttl(), cas) : null;
    }

    private Duration ttl() {
        if (!wasSentAsMeta()) {
            return ttlUnlessTold;
        }
        // zero would be for ever: an item in its last second gets one more
        return ttlSeconds == MetaReply.NEVER ? Duration.ZERO : Duration.ofSeconds(Math.max(1, ttlSeconds));
    }
}
