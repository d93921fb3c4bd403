package io.larder.client;

import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextReply;
import org.jspecify.annotations.Nullable;

/**
 * An operation on one key: what is sent to which node, and what its reply means.
 *
 * @param <R> what callers get
 */
abstract class KeyCall<R extends @Nullable Object> extends Exchange {
    private final NodeLink link;
    private final String key;
    private final byte[] wireKey;

    KeyCall(String operation, NodeLink link, String key, byte[] wireKey) {
        super(operation);
        this.link = link;
        this.key = key;
        this.wireKey = wireKey;
    }

    /**
     * What the reply means, in the thread of the caller.
     *
     * @throws MemcachedException if it means a failure
     */
    abstract R result();

    /** Sends it and waits. */
    final R run(Deadline deadline) {
        Watching watching = link.watching();
        long start = watching.begin(this);
        if (start == Watching.OFF) {
            link.call(this, deadline);
            return result();
        }
        try {
            link.call(this, deadline);
        } catch (RuntimeException e) {
            watching.called(this, node(), start, watching.now(), Watching.outcome(e));
            throw e;
        }
        return watchedResult(start, watching.now());
    }

    /** What the reply means, of which the listener hears. */
    final R watchedResult(long startNanos, long doneNanos) {
        R result;
        try {
            result = result();
        } catch (RuntimeException e) {
            link.watching().called(this, node(), startNanos, doneNanos, Watching.outcome(e));
            throw e;
        }
        link.watching().called(this, node(), startNanos, doneNanos, Watching.outcome(null));
        return result;
    }

    @Override
    int requestBytesMax() {
        return wireKey.length + MetaRequestEncoder.OVERHEAD_BYTES_MAX;
    }

    @Override
    boolean isLarge() {
        return link.largeKeys().contains(wireKey);
    }

    final NodeLink link() {
        return link;
    }

    final Node node() {
        return link.node();
    }

    final String key() {
        return key;
    }

    final byte[] wireKey() {
        return wireKey;
    }

    final void throwIfRefused() {
        TextReply.Failure refused = refusal();
        if (refused != null) {
            throw Failures.refused(node(), operation(), key, refused);
        }
    }
}
