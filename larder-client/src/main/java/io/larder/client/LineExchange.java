package io.larder.client;

import io.larder.protocol.EncodedRequest;
import io.larder.protocol.TextReply;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A request to a node, not to a key, that is answered by one line. In the classic words, which every node knows. */
final class LineExchange extends Exchange {
    private final EncodedRequest request;
    private final Predicate<TextReply> expected;
    private @Nullable TextReply reply;

    LineExchange(String operation, EncodedRequest request, Predicate<TextReply> expected) {
        super(operation);
        this.request = request;
        this.expected = expected;
    }

    @Override
    boolean isRepeatable() {
        return true;
    }

    @Override
    int requestBytesMax() {
        return request.length();
    }

    @Override
    protected void write(Dialect dialect, int opaque, ByteBuffer out) {
        request.writeTo(out);
    }

    @Override
    protected boolean isAboutKeys() {
        return false;
    }

    @Override
    protected boolean take(TextReply piece) {
        if (!expected.test(piece)) {
            throw notMine(piece);
        }
        reply = piece;
        return true;
    }

    /** The line; null where it was an error line. */
    @Nullable
    TextReply reply() {
        return reply;
    }
}
