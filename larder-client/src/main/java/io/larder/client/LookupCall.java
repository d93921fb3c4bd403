package io.larder.client;

import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** A read that tells hit, stale value and absence apart, and may take part in who loads. */
final class LookupCall<V> extends ItemCall<V, Lookup<V>> {
    private final Reading reading;
    private long cas;

    LookupCall(NodeLink link, String key, byte[] wireKey, ValueForm<V> form, Reading reading) {
        super("lookup", link, key, wireKey, form);
        this.reading = reading;
    }

    @Override
    boolean isRepeatable() {
        return reading.isPlain();
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        if (dialect == Dialect.TEXT) {
            TextRequestEncoder.gets(wireKey()).writeTo(out);
        } else if (reading.isPlain()) {
            MetaRequestEncoder.get(out, wireKey(), true, MetaRequestEncoder.NONE, false, opaque);
        } else {
            MetaRequestEncoder.lease(out, wireKey(), reading.vivify(), reading.recache(), opaque);
        }
    }

    @Override
    protected void takeCas(long token) {
        cas = token;
    }

    /** The CAS token of what was found, be it what a lease left. */
    long cas() {
        return cas;
    }

    @Override
    Lookup<V> result() {
        throwIfRefused();
        if (!isFound()) {
            OptionalLong left = hasItem() ? OptionalLong.of(cas()) : OptionalLong.empty();
            return isWon()
                    ? new Lookup.Absent<>(left, OptionalLong.empty())
                    : new Lookup.Absent<>(OptionalLong.empty(), left);
        }
        return isStale() ? new Lookup.Stale<>(value(), cas(), isWon()) : new Lookup.Hit<>(value(), cas(), isWon());
    }
}
