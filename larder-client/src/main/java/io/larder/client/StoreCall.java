package io.larder.client;

import io.larder.protocol.MetaReply;
import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Failure;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A write of one value. */
final class StoreCall extends KeyCall<StoreResult> {
    /** The condition of a write. */
    enum Kind {
        SET(TextRequestEncoder.Storage.SET, MetaRequestEncoder.Mode.SET),
        ADD(TextRequestEncoder.Storage.ADD, MetaRequestEncoder.Mode.ADD),
        REPLACE(TextRequestEncoder.Storage.REPLACE, MetaRequestEncoder.Mode.REPLACE),
        APPEND(TextRequestEncoder.Storage.APPEND, MetaRequestEncoder.Mode.APPEND),
        PREPEND(TextRequestEncoder.Storage.PREPEND, MetaRequestEncoder.Mode.PREPEND);

        private final TextRequestEncoder.Storage text;
        private final MetaRequestEncoder.Mode meta;

        Kind(TextRequestEncoder.Storage text, MetaRequestEncoder.Mode meta) {
            this.text = text;
            this.meta = meta;
        }
    }

    private final @Nullable Kind kind; // null: CAS
    private final Encoded value;
    private final long exptime;
    private final long cas;
    private @Nullable StoreResult result;

    private StoreCall(
            String operation,
            NodeLink link,
            String key,
            byte[] wireKey,
            @Nullable Kind kind,
            Encoded value,
            long exptime,
            long cas) {
        super(operation, link, key, wireKey);
        this.kind = kind;
        this.value = value;
        this.exptime = link.exptime(exptime);
        this.cas = cas;
        if (isLargeValue()) { // until the next read: what follows this request has to stay behind it
            link.largeKeys().note(wireKey, value.data().length);
        }
    }

    static StoreCall of(
            Kind kind, String operation, NodeLink link, String key, byte[] wireKey, Encoded value, long exptime) {
        return new StoreCall(operation, link, key, wireKey, kind, value, exptime, 0);
    }

    static StoreCall cas(
            String operation, NodeLink link, String key, byte[] wireKey, Encoded value, long exptime, long cas) {
        return new StoreCall(operation, link, key, wireKey, null, value, exptime, cas);
    }

    @Override
    int requestBytesMax() {
        return super.requestBytesMax() + value.data().length;
    }

    @Override
    boolean isRepeatable() {
        return kind == Kind.SET;
    }

    @Override
    boolean isLarge() {
        return isLargeValue() || super.isLarge();
    }

    private boolean isLargeValue() {
        return value.data().length > link().limits().largeBytes();
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        byte[] key = wireKey();
        int flags = value.flags();
        byte[] data = value.data();
        if (kind == null) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.cas(out, key, flags, exptime, cas, data, opaque);
            } else {
                TextRequestEncoder.cas(key, flags, exptime, cas, data).writeTo(out);
            }
        } else if (dialect == Dialect.META) {
            MetaRequestEncoder.store(out, kind.meta, key, flags, exptime, data, opaque);
        } else {
            TextRequestEncoder.store(kind.text, key, flags, exptime, data).writeTo(out);
        }
    }

    @Override
    protected boolean take(TextReply reply) {
        if (reply instanceof MetaReply meta) {
            result = switch (meta.code()) {
                case HD -> StoreResult.STORED;
                case NS -> StoreResult.NOT_STORED;
                case EX -> StoreResult.EXISTS;
                case NF -> StoreResult.NOT_FOUND;
                case VA, EN, MN -> throw notMine(reply);
            };
        } else if (reply == Status.STORED) {
            result = StoreResult.STORED;
        } else if (reply == Status.NOT_STORED) {
            result = StoreResult.NOT_STORED;
        } else if (reply == Status.EXISTS) {
            result = StoreResult.EXISTS;
        } else if (reply == Status.NOT_FOUND) {
            result = StoreResult.NOT_FOUND;
        } else {
            throw notMine(reply);
        }
        return true;
    }

    @Override
    StoreResult result() {
        Failure refusal = refusal();
        if (refusal == null) {
            return Objects.requireNonNull(result);
        }
        return switch (refusal.kind()) {
            case TOO_LARGE -> StoreResult.TOO_LARGE;
            case OUT_OF_MEMORY -> StoreResult.OUT_OF_MEMORY;
            case NOT_NUMERIC, OTHER -> throw Failures.refused(node(), operation(), key(), refusal);
        };
    }
}
