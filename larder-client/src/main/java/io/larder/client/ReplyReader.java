package io.larder.client;

import io.larder.base.Ticker;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReplyDecoder;
import io.larder.protocol.TextReplyException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads the replies of a connection, by the thread that has the lead.
 *
 * <pre>
 *   caller at the head  ── leads: reads, completes its own exchange and all others whose reply is whole ──> leaves
 *   callers behind it   ── parked until their exchange is done, or the lead is passed to them ────────────> lead next
 *   daemon              ── leads while something in flight has no owner who could: virtual threads, callers that gave up
 * </pre>
 *
 * <p>So a lone caller reads for himself without a hand-over, and a crowd shares reads. What is passed from leader to leader
 * is published by {@code led}. After "leader/followers", Schmidt et al., 2000.
 */
final class ReplyReader {
    /** A leader looks up so often, to see its deadline, its interrupt flag, and a stalled node. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int BUFFER_BYTES = 64 << 10;
    private static final String DESYNC_ADVICE =
            "the connection was closed, so that no reply is taken for another's; check what listens there";

    private final Pipeline pipeline;
    private final Wire wire;
    private final Connection connection;
    private final Ticker ticker;
    private final long stallNanos;
    private final long probeNanos;
    private final Daemon daemon;
    private final AtomicBoolean led = new AtomicBoolean();

    // the leader's
    private final TextReplyDecoder decoder = new TextReplyDecoder();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private boolean lastWasForVirtual;

    private volatile boolean everReplied;

    /** Written by the leader, read for messages by anybody. */
    private volatile long lastBytesNanos;

    /** Whether a leader is busy with what it read, and will flush the requests that come meanwhile. */
    private volatile boolean dispatching;

    ReplyReader(Pipeline pipeline, Wire wire, Connection connection, Ticker ticker, Timeouts timeouts) {
        this.pipeline = pipeline;
        this.wire = wire;
        this.connection = connection;
        this.ticker = ticker;
        this.stallNanos = timeouts.stall().toNanos();
        this.probeNanos = timeouts.probe().toNanos();
        this.lastBytesNanos = ticker.nanos();
        this.daemon = new Daemon("larder-reader-" + connection.node(), this::leadForOthers);
    }

    boolean tryLead() {
        return !led.get() && led.compareAndSet(false, true);
    }

    /** Gives up the lead, and passes it on. */
    void leave() {
        led.set(false);
        passLead();
    }

    /** Finds somebody who reads, if there is something in flight and nobody reads. */
    void passLead() {
        if (led.get()) {
            return; // who has it will pass it on
        }
        Exchange next = pipeline.firstLeader();
        if (next != null) {
            next.wakeOwner();
        } else if (pipeline.needsBackgroundReader()) {
            daemon.wake();
        }
    }

    void wakeDaemon() {
        daemon.wake();
    }

    void stop() {
        daemon.stop();
    }

    /**
     * Whether requests appended now are going to be flushed by the leader. Those it has just woken ask again at once: their
     * requests leave in one write instead of one each.
     */
    boolean willFlush() {
        return dispatching;
    }

    /** Nanoseconds since anything came. */
    long silentNanos() {
        return ticker.nanos() - lastBytesNanos;
    }

    /** Whether the node has ever answered on this connection. */
    boolean everReplied() {
        return everReplied;
    }

    /**
     * The leader's turn: one read, and every exchange whose reply is whole is done. Closes the connection if it broke.
     *
     * @return whether anything came
     */
    boolean readOnce(long nanos) {
        try {
            int read = read(Math.min(Math.min(nanos, SLICE_NANOS), probeLeftNanos()));
            if (read > 0) {
                pipeline.proven();
                lastBytesNanos = ticker.nanos();
                connection.heard();
                buffer.position(buffer.position() + read).flip();
                dispatching = true;
                try {
                    dispatch();
                } finally {
                    dispatching = false;
                    connection.flush();
                }
                buffer.compact();
                return true;
            }
            connection.close(new Lost("closed the connection", Connection.REDIAL_ADVICE, null));
        } catch (SocketTimeoutException e) {
            checkStall();
        } catch (IOException e) {
            connection.close(new Lost("broke the connection", Connection.REDIAL_ADVICE, e));
        } catch (TextReplyException e) {
            connection.close(new Lost(String.valueOf(e.getMessage()), DESYNC_ADVICE, e));
        } catch (RuntimeException | Error e) {
            // out of memory, say: what was read halfway cannot be read on from
            connection.close(new Lost("sent what could not be read (%s)".formatted(e), DESYNC_ADVICE, e));
            throw e;
        }
        return false;
    }

    private int read(long nanos) throws IOException {
        // rounded up: 0 would mean for ever
        int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
        return wire.read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining(), millis);
    }

    private void dispatch() {
        TextReply piece = decoder.next(buffer);
        @Nullable Exchange head = null;
        while (piece != null) {
            if (head == null) {
                head = pipeline.head();
            }
            if (head == null) {
                if (pipeline.isClosed()) {
                    return;
                }
                throw new TextReplyException("sent a reply nobody asked for");
            }
            if (head.accept(piece)) {
                if (!pipeline.remove(head)) {
                    return; // closed meanwhile: its owner has been told so
                }
                everReplied = true;
                lastWasForVirtual = !head.mayLead();
                head.finish();
                head = null;
            }
            piece = decoder.next(buffer);
        }
    }

    /** How long a reader may sleep so as not to be late for the end of a probe. */
    private long probeLeftNanos() {
        if (!pipeline.isProbing()) {
            return Long.MAX_VALUE;
        }
        Long headSince = pipeline.headSinceNanos();
        return headSince == null ? Long.MAX_VALUE : Math.max(1, headSince + probeNanos - ticker.nanos());
    }

    private void checkStall() {
        Long headSince = pipeline.headSinceNanos();
        if (headSince == null) {
            return;
        }
        long now = ticker.nanos();
        if (pipeline.isProbing() && now - headSince >= probeNanos) {
            connection.close(new Lost(
                    "did not answer a probe within " + Deadline.text(now - headSince)
                            + " after the connection was idle",
                    "later calls connect again by themselves; if it happens often, look for what forgets connections",
                    null));
            return;
        }
        long stalledNanos = Math.min(now - headSince, now - lastBytesNanos);
        if (stalledNanos > stallNanos) {
            connection.close(new Lost(
                    "sent nothing for " + Deadline.text(stalledNanos),
                    "the connection was closed; check whether the node hangs",
                    null));
        }
    }

    /** The daemon's job. Where virtual threads call it stays for a slice more: the next of them is saved the wake-up. */
    private void leadForOthers() {
        while (pipeline.needsBackgroundReader() && tryLead()) {
            try {
                boolean came;
                do {
                    came = readOnce(SLICE_NANOS);
                } while (pipeline.needsBackgroundReader() || (came && lastWasForVirtual));
            } finally {
                leave();
            }
        }
    }
}
