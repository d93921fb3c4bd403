package io.larder.client;

import io.larder.base.Printable;
import io.larder.protocol.TextReply;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The exceptions of calls, in one place so that their messages read alike: node, operation, time, what to do. */
final class Failures {
    private Failures() {}

    static NodeUnavailableException lost(Node node, String operation, Deadline deadline, Lost lost) {
        String message = "node %s %s during %s after %s; %s"
                .formatted(node, lost.what(), operation, deadline.elapsed(), lost.advice());
        return new NodeUnavailableException(node.name(), message, lost.cause());
    }

    static NodeUnavailableException waiting(Node node, String operation, Lost lost, long redialNanos) {
        String message = "node %s %s, so %s failed at once; the next call after %s connects again; %s"
                .formatted(node, lost.what(), operation, Deadline.text(redialNanos), lost.advice());
        return new NodeUnavailableException(node.name(), message, lost.cause());
    }

    static NodeUnavailableException probed(Node node, String operation, Lost lost) {
        String message = "node %s %s, so %s failed at once; it is being dialled again; %s"
                .formatted(node, lost.what(), operation, lost.advice());
        return new NodeUnavailableException(node.name(), message, lost.cause());
    }

    static NodeUnavailableException silent(Node node, String operation, int misses) {
        String message = ("node %s left %d calls in a row without any answer, so %s failed at once;"
                        + " it is used again as soon as it answers; check whether it hangs")
                .formatted(node, misses, operation);
        return new NodeUnavailableException(node.name(), message, null);
    }

    static CallTimeoutException noConnection(Node node, String operation, Deadline deadline) {
        String message = ("node %s was not connected within %s for %s; nothing was sent,"
                        + " connecting goes on for later calls; check the address or raise the timeout")
                .formatted(node, deadline.timeout(), operation);
        return new CallTimeoutException(node.name(), message, null);
    }

    /**
     * The deadline passed.
     *
     * @param where the time went, for the message
     */
    static CallTimeoutException noReply(Node node, String operation, Deadline deadline, int inFlight, String where) {
        String message = ("node %s gave no reply to %s within %s%s, %d requests wait for it;"
                        + " the outcome is unknown; check its load or raise the timeout")
                .formatted(node, operation, deadline.timeout(), where, inFlight);
        return new CallTimeoutException(node.name(), message, null);
    }

    /** Requests that had to wait for nothing are not timed. */
    static String whereTimeWent(Connection connection, @Nullable Exchange exchange, Deadline deadline, long nowNanos) {
        String silence = "the node last said something " + Deadline.text(connection.silentNanos()) + " ago";
        if (exchange == null) {
            return " (" + silence + ")";
        }
        long sent = exchange.admittedNanos();
        return sent == 0
                ? " (sent at once; %s)".formatted(silence)
                : " (%s in the queue, %s since it was sent; %s)"
                        .formatted(
                                Deadline.text(deadline.elapsedNanosAt(sent)), Deadline.text(nowNanos - sent), silence);
    }

    static OverloadedException overloaded(Node node, String operation, Deadline deadline, int inFlight) {
        String message = "node %s has %d requests in flight, no room for %s within %s; slow down or raise the limits"
                .formatted(node, inFlight, operation, deadline.timeout());
        return new OverloadedException(node.name(), message);
    }

    static OverloadedException full(Node node, String operation, int inFlight) {
        String message =
                "node %s has %d requests in flight, so %s failed at once; slow down, raise the limits or set back-pressure=block"
                        .formatted(node, inFlight, operation);
        return new OverloadedException(node.name(), message);
    }

    static InterruptedCallException interrupted(Node node, String operation, Deadline deadline) {
        String message =
                "thread was interrupted in %s on node %s after %s; the outcome is unknown, the interrupt flag is set"
                        .formatted(operation, node, deadline.elapsed());
        return new InterruptedCallException(node.name(), message);
    }

    static MemcachedException refused(Node node, String operation, String key, TextReply.Failure refusal) {
        String message = "node %s refused %s of \"%s\": %s"
                .formatted(node, operation, Printable.of(key), Printable.of(refusal.line()));
        return new MemcachedException(node.name(), message, null);
    }

    static MemcachedException notStored(Node node, String operation, String key, StoreResult result) {
        String message = "node %s did not store what %s made of \"%s\": %s; nothing was changed"
                .formatted(node, operation, Printable.of(key), result);
        return new MemcachedException(node.name(), message, null);
    }

    static MemcachedException contended(Node node, String operation, String key, int attempts) {
        String message = "%s of \"%s\" on node %s lost the race %d times; nothing was changed, try again later"
                .formatted(operation, Printable.of(key), node, attempts);
        return new MemcachedException(node.name(), message, null);
    }

    static UnreadableValueException unreadable(Node node, String key, int flags, int bytes, RuntimeException cause) {
        String message = "value of \"%s\" on node %s (flags %s, %d bytes) is not readable by this codec: %s"
                .formatted(Printable.of(key), node, Integer.toUnsignedString(flags), bytes, cause.getMessage());
        return new UnreadableValueException(node.name(), message, cause);
    }

    static OverloadedException tooManyCalls(List<Node> nodes, RejectedExecutionException cause) {
        String node = nodes.get(0).name();
        OverloadedException failure = new OverloadedException(
                node, "too many calls wait for a thread of the client, or it is closed; nothing was sent, slow down");
        failure.initCause(cause);
        return failure;
    }

    static IllegalStateException closed() {
        return new IllegalStateException("the memcached client is closed; open another");
    }
}
