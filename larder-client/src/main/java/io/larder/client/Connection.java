package io.larder.client;

import io.larder.base.Ticker;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection to a node, shared by all callers: requests go out in one order, replies come back in it. No thread of its own
 * as long as platform threads call; see {@link ReplyReader} and {@link RequestWriter}. Thread-safe.
 */
final class Connection {
    static final String REDIAL_ADVICE = "it stopped or restarted; later calls connect again by themselves";

    /** Calls in a row without any answer, after which further ones fail at once until the node says something. */
    static final int SILENT_MISSES = 5;

    private static final long PUBLISH_NANOS = 10_000;
    private static final int WRITTEN_AT_ONCE_MAX = 8;

    private final Node node;
    private final Wire wire;
    private final Dialect dialect;
    private final Pipeline pipeline;
    private final RequestWriter writer;
    private final ReplyReader reader;
    private final LostListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Calls whose deadline has passed since the node last said anything. */
    private final AtomicInteger misses = new AtomicInteger();

    /** Hears once that a connection is gone. */
    interface LostListener {
        void lost(Connection connection, Lost reason);
    }

    Connection(Node node, Wire wire, Dialect dialect, MemcachedConfig config, LostListener listener) {
        this.node = node;
        this.wire = wire;
        this.listener = listener;
        Ticker ticker = config.ticker();
        pipeline =
                new Pipeline(dialect, config.limits(), config.timeouts().idle().toNanos(), ticker);
        this.dialect = dialect;
        writer = new RequestWriter(pipeline, wire, this);
        reader = new ReplyReader(pipeline, wire, this, ticker, config.timeouts());
    }

    Node node() {
        return node;
    }

    Dialect dialect() {
        return dialect;
    }

    boolean isOpen() {
        return !closed.get();
    }

    /** Nanoseconds since the node last sent anything. */
    long silentNanos() {
        return reader.silentNanos();
    }

    /** Takes note of a call whose deadline passed. */
    void missed() {
        misses.incrementAndGet();
    }

    /** Takes note of bytes that came. */
    void heard() {
        if (misses.get() != 0) {
            misses.set(0);
        }
    }

    /**
     * Whether the node has left so many calls unanswered that others need not try. What it was asked is still in flight: the
     * first byte of an answer ends this, and if none comes the connection is closed as stalled.
     */
    boolean isSilent() {
        return misses.get() >= SILENT_MISSES;
    }

    int inFlight() {
        return pipeline.inFlight();
    }

    boolean everReplied() {
        return reader.everReplied();
    }

    /** Sends a request, waiting for room until the deadline. */
    Pipeline.Admission send(Exchange exchange, Deadline deadline) throws InterruptedException {
        Pipeline.Admission answer = pipeline.offer(exchange, deadline, reader::wakeDaemon);
        if (answer == Pipeline.Admission.ADMITTED && !reader.willFlush()) {
            writer.flush();
        }
        return answer;
    }

    /** Sends a request if there is room. */
    Pipeline.Admission sendAtOnce(Exchange exchange) {
        Pipeline.Admission answer = pipeline.offer(exchange);
        if (answer == Pipeline.Admission.ADMITTED && !reader.willFlush()) {
            writer.flush();
        }
        return answer;
    }

    /** For requests nobody waits for, once they are sent: finds somebody who reads. */
    void readInBackground() {
        reader.passLead();
    }

    /** Queues a request if there is room; {@link #flush} sends it. */
    Pipeline.Admission offer(Exchange exchange) {
        return pipeline.offer(exchange);
    }

    void flush() {
        writer.flush();
    }

    /**
     * Sends a request nobody waits for, if there is room. Where many are in flight the writer's own thread writes, so that
     * requests that come one by one leave together.
     */
    Pipeline.Admission start(Exchange exchange) {
        Pipeline.Admission answer = pipeline.offer(exchange);
        if (answer == Pipeline.Admission.ADMITTED) {
            if (pipeline.inFlight() > WRITTEN_AT_ONCE_MAX) {
                writer.flushSoon();
            } else {
                writer.flush();
            }
            reader.passLead();
        }
        return answer;
    }

    /**
     * Waits for an exchange of this thread, reading for all if nobody else does.
     *
     * @return false if the time is over, or the thread was interrupted
     */
    boolean await(Exchange exchange, Deadline deadline) {
        exchange.setAwaited(true);
        try {
            if (!exchange.mayLead()) {
                reader.passLead();
            }
            while (!exchange.isDone()) {
                long left = deadline.leftNanos();
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    return false;
                }
                if (exchange.mayLead() && reader.tryLead()) {
                    lead(exchange, deadline);
                } else {
                    LockSupport.parkNanos(this, left);
                }
            }
            return true;
        } finally {
            exchange.setAwaited(false);
            if (!exchange.isDone()) {
                reader.passLead(); // it may have been passed to this thread, which does not take it any more
            }
        }
    }

    private void lead(Exchange exchange, Deadline deadline) {
        try {
            while (!exchange.isDone() && isOpen() && !Thread.currentThread().isInterrupted()) {
                long left = deadline.leftNanos();
                if (left <= 0) {
                    return;
                }
                reader.readOnce(left);
            }
        } finally {
            reader.leave();
        }
    }

    /**
     * Leaves an exchange to the background reader, which wakes this thread when it is done.
     *
     * @return false if it is done
     */
    boolean detach(Exchange exchange) {
        if (pipeline.detach(exchange)) {
            reader.passLead();
            return true;
        }
        while (!exchange.isDone()) {
            LockSupport.parkNanos(this, PUBLISH_NANOS); // its reader has removed it, and publishes it next
        }
        return false;
    }

    /** Closes the connection; everything in flight fails. Only the first reason counts. */
    void close(Lost reason) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Lost told = pipeline.isProbing() ? reason.asUnproven() : reason;
        for (Exchange exchange : pipeline.close()) {
            exchange.lose(told);
        }
        try {
            wire.close();
        } catch (IOException e) {
            System.getLogger(Connection.class.getName())
                    .log(System.Logger.Level.DEBUG, "closing the connection to " + node + " failed", e);
        }
        writer.stop();
        reader.stop();
        listener.lost(this, reason);
    }
}
