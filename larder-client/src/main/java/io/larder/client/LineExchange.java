package io.larder.client;

import io.larder.protocol.EncodedRequest;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A request that is answered by one line. */
final class LineExchange extends Exchange {
    private static final Set<Status> STORE =
            EnumSet.of(Status.STORED, Status.NOT_STORED, Status.EXISTS, Status.NOT_FOUND);
    private static final Set<Status> DELETE = EnumSet.of(Status.DELETED, Status.NOT_FOUND);
    private static final Set<Status> TOUCH = EnumSet.of(Status.TOUCHED, Status.NOT_FOUND);

    private final Predicate<TextReply> expected;
    private @Nullable TextReply reply;

    private LineExchange(String operation, EncodedRequest request, Predicate<TextReply> expected) {
        super(operation, request);
        this.expected = expected;
    }

    static LineExchange store(String operation, EncodedRequest request) {
        return new LineExchange(operation, request, STORE::contains);
    }

    static LineExchange delete(EncodedRequest request) {
        return new LineExchange("delete", request, DELETE::contains);
    }

    static LineExchange touch(EncodedRequest request) {
        return new LineExchange("touch", request, TOUCH::contains);
    }

    static LineExchange count(String operation, EncodedRequest request) {
        return new LineExchange(
                operation, request, reply -> reply instanceof TextReply.Count || reply == Status.NOT_FOUND);
    }

    static LineExchange version(EncodedRequest request) {
        return new LineExchange("version", request, reply -> reply instanceof TextReply.Version);
    }

    static LineExchange flushAll(EncodedRequest request) {
        return new LineExchange("flush_all", request, reply -> reply == Status.OK);
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
