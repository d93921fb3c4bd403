package io.larder.client;

import io.larder.protocol.MetaReply;
import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * A change of a counter. With an initial value meta commands create it; the classic protocol cannot, so there the answer is
 * that there is none, and {@link Counter} adds it.
 */
final class CountCall extends KeyCall<OptionalLong> {
    private final boolean up;
    private final long by;
    private final boolean creates;
    private final long initial;
    private final long exptime;
    private OptionalLong number = OptionalLong.empty();

    CountCall(
            NodeLink link,
            String key,
            byte[] wireKey,
            boolean up,
            long by,
            boolean creates,
            long initial,
            long exptime) {
        super(up ? "incr" : "decr", link, key, wireKey);
        if (by < 0) {
            throw new IllegalArgumentException("%s by %d of a counter: must be zero or more; use the opposite operation"
                    .formatted(operation(), by));
        }
        this.up = up;
        this.by = by;
        this.creates = creates;
        this.initial = initial;
        this.exptime = link.exptime(exptime);
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        if (dialect == Dialect.TEXT) {
            (up ? TextRequestEncoder.incr(wireKey(), by) : TextRequestEncoder.decr(wireKey(), by)).writeTo(out);
        } else if (creates) {
            MetaRequestEncoder.count(out, wireKey(), up, by, initial, exptime, opaque);
        } else {
            MetaRequestEncoder.count(out, wireKey(), up, by, opaque);
        }
    }

    @Override
    protected boolean take(TextReply reply) {
        if (reply instanceof TextReply.Count count) {
            number = OptionalLong.of(count.value());
        } else if (reply instanceof MetaReply meta && meta.code() == MetaReply.Code.VA) {
            number = OptionalLong.of(meta.count());
        } else if (reply != Status.NOT_FOUND
                && !(reply instanceof MetaReply meta && meta.code() == MetaReply.Code.NF)) {
            throw notMine(reply);
        }
        return true;
    }

    @Override
    OptionalLong result() {
        throwIfRefused();
        return number;
    }
}
