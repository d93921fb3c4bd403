package io.larder.client;

import io.larder.base.Printable;
import io.larder.protocol.MetaReply;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReplyException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A request, and the reply as it comes in.
 *
 * <p>The thread that makes it owns it and waits for it. It is put into words when a connection admits it, in the dialect of
 * that connection. Whoever reads the connection fills in the reply, and publishes it by {@link #finish} or {@link #lose};
 * only then may the owner look at it.
 */
abstract class Exchange {
    private final String operation;
    private final Thread owner = Thread.currentThread();
    private final boolean ofVirtualThread = VirtualThreads.isVirtual(owner);

    /** Whether the owner waits and can be woken to read; written by the owner, read by who leaves the lead. */
    private volatile boolean awaited;

    /** Whether somebody else has to read for the owner, who cannot, or gave up. Guarded by the pipeline's lock. */
    boolean detached = ofVirtualThread;

    /** Whether it is in a pipeline. Guarded by the pipeline's lock. */
    boolean inFlight;

    /** Whether it is wanted when a connection takes it; set before one does. */
    private boolean timed;

    /** When a connection took it; 0 until then, and for ever if that is not wanted. */
    private volatile long admittedNanos;

    /** Bytes of the request as sent. Guarded by the pipeline's lock. */
    int requestBytes;

    /** Of Flight Recorder, if it wants to know; set before it is sent. */
    private FlightRecording.@Nullable Request recorded;

    /** Runs in place of waking the owner; set before it is sent. */
    private @Nullable Runnable whenDone;

    private int opaque;
    private boolean sentMeta;

    /** A {@link Lost}, or the {@link TextReply.Failure} that was the reply: one field, as there is one of these for each call. */
    private @Nullable Object failure;

    /** Publishes the reply and {@code failure}. */
    private volatile boolean done;

    Exchange(String operation) {
        this.operation = operation;
    }

    /** Bytes of the request in either dialect, at most. */
    abstract int requestBytesMax();

    /** Whether it does the same when it is done twice, so that it may be sent again where nobody can tell whether it was done. */
    boolean isRepeatable() {
        return false;
    }

    /** Whether request or reply would hold up others, as far as one can tell. */
    boolean isLarge() {
        return false;
    }

    /**
     * Writes the request.
     *
     * @param number what each line of it says in {@link Dialect#META}
     * @param out with {@link #requestBytesMax} bytes remaining
     */
    protected abstract void write(Dialect dialect, int number, ByteBuffer out);

    /** Takes a piece of the reply that is no error line; true if that was the last. */
    protected abstract boolean take(TextReply reply);

    /** Told to the owner's side once it is clear that there will be no reply: what it asked for may not have happened. */
    void unanswered() {}

    /** Puts the request into words. Called by the pipeline that admits it, with its lock. */
    final void send(Dialect dialect, int number, ByteBuffer out) {
        opaque = number;
        sentMeta = dialect == Dialect.META && isAboutKeys();
        int start = out.position();
        write(dialect, number, out);
        requestBytes = out.position() - start;
    }

    /**
     * Takes a piece of the reply; true if that was the last.
     *
     * @throws TextReplyException if it does not answer this request, or leaves the stream in doubt
     */
    final boolean accept(TextReply reply) {
        if (!(reply instanceof TextReply.Failure failure)) {
            boolean mine = reply instanceof MetaReply meta ? sentMeta && meta.hasOpaque(opaque) : !sentMeta;
            if (!mine) {
                throw notMine(reply);
            }
            return take(reply);
        }
        if (!failure.inSync() || !allowsRefusal()) {
            throw new TextReplyException("answered %s with \"%s\"".formatted(operation, Printable.of(failure.line())));
        }
        this.failure = failure;
        return true;
    }

    /** Whether the node was asked in meta commands. */
    final boolean wasSentAsMeta() {
        return sentMeta;
    }

    /** Whether there are meta commands for it; there are none for what is asked of nodes. */
    protected boolean isAboutKeys() {
        return true;
    }

    /** Whether one error line can be the whole reply. */
    protected boolean allowsRefusal() {
        return true;
    }

    /** Has the reply told to a callback, by the thread that read it, instead of a thread that waits for it. */
    final void setWhenDone(Runnable callback) {
        whenDone = callback;
        detached = true; // not in a pipeline yet, so nobody else looks
    }

    final void finish() {
        done = true;
        Runnable callback = whenDone;
        if (callback == null) {
            wakeOwner();
        } else {
            callback.run();
        }
    }

    final void lose(Lost reason) {
        failure = reason;
        finish();
    }

    /** Forgets that it was lost, before any of its reply came, so that it can be sent again. By its owner, or its callback. */
    final void again() {
        failure = null;
        admittedNanos = 0;
        detached = ofVirtualThread || whenDone != null;
        done = false;
    }

    final void wakeOwner() {
        if (owner != Thread.currentThread()) {
            LockSupport.unpark(owner);
        }
    }

    final boolean isDone() {
        return done;
    }

    /** Why the connection broke before the reply was whole. */
    final @Nullable Lost lost() {
        return failure instanceof Lost lost ? lost : null;
    }

    /** The error line that was the reply. */
    final TextReply.@Nullable Failure refusal() {
        return failure instanceof TextReply.Failure refusal ? refusal : null;
    }

    /** Asks for the time at which a connection takes it: it has to wait for that, or a listener wants to know. */
    final void time() {
        timed = true;
    }

    final void record(FlightRecording.Request request) {
        recorded = request;
    }

    final FlightRecording.@Nullable Request recorded() {
        return recorded;
    }

    final boolean isTimed() {
        return timed;
    }

    final void admittedAt(long nanos) {
        admittedNanos = nanos | 1; // never 0, and no wait is told to the nanosecond
    }

    /** When a connection took it; 0 if none has, or it was not {@link #time timed}. */
    final long admittedNanos() {
        return admittedNanos;
    }

    final String operation() {
        return operation;
    }

    final boolean isAwaited() {
        return awaited;
    }

    final void setAwaited(boolean now) {
        awaited = now;
    }

    /**
     * Whether the owner may read the socket. Virtual threads may not: interrupting one that is parked in a read closes the
     * socket for everybody.
     */
    final boolean mayLead() {
        return !ofVirtualThread && whenDone == null;
    }

    final TextReplyException notMine(TextReply reply) {
        boolean hasValue = reply instanceof TextReply.Value
                || (reply instanceof MetaReply meta && meta.code() == MetaReply.Code.VA);
        String what = hasValue ? "a value nobody asked for" : Printable.of(reply.toString());
        return new TextReplyException("answered %s with %s".formatted(operation, what));
    }
}
