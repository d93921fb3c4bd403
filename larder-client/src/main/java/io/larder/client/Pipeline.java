package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.base.Ticker;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection: the bytes not yet written, and the exchanges whose reply is not whole, in the order of the
 * wire. One lock guards both, held briefly and never during I/O, so that the two orders are one.
 */
final class Pipeline {
    /**
     * While no more than this is unanswered, a write cannot block: it fits into the buffers of the two sockets, even if
     * the node has stopped reading. Above it, only the writer thread writes, so that no caller outlives its deadline in a
     * write, and none waits for a node that waits for us to read.
     */
    static final int CALLER_WRITE_BYTES_MAX = 32 << 10;

    private static final int BUFFER_BYTES_MIN = 8 << 10;
    private static final int BUFFER_BYTES_KEPT = 256 << 10;

    enum Admission {
        ADMITTED,
        FULL,
        CLOSED
    }

    private final Dialect dialect;
    private final Limits limits;
    private final long idleNanos;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    @GuardedBy("lock")
    private final ArrayDeque<Exchange> inFlight = new ArrayDeque<>();

    @GuardedBy("lock")
    private ByteBuffer pending = newBuffer();

    @GuardedBy("lock")
    private long unansweredBytes;

    /** Of the last request: no two of a connection share one before 2^32 have passed. */
    @GuardedBy("lock")
    private int opaque;

    /** Exchanges in flight that somebody else has to read for. */
    @GuardedBy("lock")
    private int detached;

    @GuardedBy("lock")
    private int roomWaiters;

    /** When the oldest exchange became that; when the last one left, if there is none. */
    @GuardedBy("lock")
    private long headSinceNanos;

    @GuardedBy("lock")
    private boolean closed;

    /** Set with the lock; ended by who reads. */
    private volatile boolean probing;

    /** Lets a flusher that failed to get its lock rely on the one who has it to look again. */
    private volatile boolean hasPending;

    /** @param idleNanos after so long without a request the next one has a probe in front of it */
    Pipeline(Dialect dialect, Limits limits, long idleNanos, Ticker ticker) {
        this.dialect = dialect;
        this.limits = limits;
        this.idleNanos = idleNanos;
        this.ticker = ticker;
        this.headSinceNanos = ticker.nanos();
    }

    static ByteBuffer newBuffer() {
        return ByteBuffer.allocate(BUFFER_BYTES_MIN);
    }

    /** Appends a request if there is room. */
    Admission offer(Exchange exchange) {
        lock.lock();
        try {
            return admit(exchange);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends a request, waiting for room until the deadline.
     *
     * @param whenFull wakes the background reader: those in flight may all belong to threads that wait here
     */
    Admission offer(Exchange exchange, Deadline deadline, Runnable whenFull) throws InterruptedException {
        lock.lock();
        try {
            Admission answer = admit(exchange);
            if (answer != Admission.FULL) {
                return answer;
            }
            exchange.time();
            roomWaiters++;
            whenFull.run();
            try {
                long left = deadline.leftNanos();
                while (left > 0 && answer == Admission.FULL) {
                    left = Math.min(room.awaitNanos(left), deadline.leftNanos());
                    answer = admit(exchange);
                }
                return answer;
            } finally {
                roomWaiters--;
                wakeRoomWaiter(); // there may be room for another, or the wake-up came too late for this one
            }
        } finally {
            lock.unlock();
        }
    }

    /** One at a time: with thousands that wait, waking all for each place would cost more than the requests. */
    @GuardedBy("lock")
    private void wakeRoomWaiter() {
        if (roomWaiters > 0) {
            room.signal();
        }
    }

    @GuardedBy("lock")
    private Admission admit(Exchange exchange) {
        int length = exchange.requestBytesMax();
        if (closed) {
            return Admission.CLOSED;
        }
        boolean full = inFlight.size() >= limits.inFlightMax() || unansweredBytes + length > limits.pendingBytesMax();
        if (full && !inFlight.isEmpty()) {
            return Admission.FULL;
        }
        if (inFlight.isEmpty()) {
            long now = ticker.nanos();
            if (now - headSinceNanos > idleNanos) {
                append(new LineExchange(
                        "probe", TextRequestEncoder.version(), reply -> reply instanceof TextReply.Version));
                probing = true;
            }
            headSinceNanos = now;
        }
        append(exchange);
        return Admission.ADMITTED;
    }

    @GuardedBy("lock")
    private void append(Exchange exchange) {
        growPending(exchange.requestBytesMax());
        exchange.send(dialect, ++opaque, pending);
        if (exchange.isTimed()) {
            exchange.admittedAt(ticker.nanos());
        }
        inFlight.add(exchange);
        exchange.inFlight = true;
        unansweredBytes += exchange.requestBytes;
        detached += exchange.detached ? 1 : 0;
        hasPending = true;
    }

    /** Whether the connection was idle, and nothing has come since it was used again. */
    boolean isProbing() {
        return probing;
    }

    /** Takes note of bytes that came. */
    void proven() {
        if (probing) {
            probing = false;
        }
    }

    boolean hasPending() {
        return hasPending;
    }

    /**
     * Swaps the bytes not yet written against an empty buffer.
     *
     * @param spare taken over
     * @param mayBlock whether the caller's write may block
     * @return the bytes, ready to be read; null if the write might block and must not
     */
    @Nullable
    ByteBuffer takePending(ByteBuffer spare, boolean mayBlock) {
        lock.lock();
        try {
            if (!mayBlock && unansweredBytes > CALLER_WRITE_BYTES_MAX) {
                return null;
            }
            ByteBuffer taken = pending;
            pending = spare.capacity() > BUFFER_BYTES_KEPT ? newBuffer() : spare.clear();
            hasPending = false;
            return taken.flip();
        } finally {
            lock.unlock();
        }
    }

    /** The exchange the next piece of a reply belongs to. */
    @Nullable
    Exchange head() {
        lock.lock();
        try {
            return inFlight.peek();
        } finally {
            lock.unlock();
        }
    }

    /** Removes the head, whose reply is whole; false if the pipeline was closed meanwhile. */
    boolean remove(Exchange head) {
        lock.lock();
        try {
            if (inFlight.peek() != head) {
                return false;
            }
            inFlight.remove();
            head.inFlight = false;
            unansweredBytes -= head.requestBytes;
            detached -= head.detached ? 1 : 0;
            headSinceNanos = ticker.nanos();
            wakeRoomWaiter();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Leaves the reading for an exchange to others; false if it has left, so that its owner hears of it at once. */
    boolean detach(Exchange exchange) {
        lock.lock();
        try {
            if (exchange.inFlight && !exchange.detached) {
                exchange.detached = true;
                detached++;
            }
            return exchange.inFlight;
        } finally {
            lock.unlock();
        }
    }

    /** The first exchange whose owner waits and may read. */
    @Nullable
    Exchange firstLeader() {
        lock.lock();
        try {
            for (Exchange exchange : inFlight) {
                if (exchange.isAwaited() && exchange.mayLead()) {
                    return exchange;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is something in flight that nobody may be reading for. */
    boolean needsBackgroundReader() {
        lock.lock();
        try {
            return detached > 0 || roomWaiters > 0;
        } finally {
            lock.unlock();
        }
    }

    /** When the oldest exchange began to wait for its turn to be answered; null if nothing is in flight. */
    @Nullable
    Long headSinceNanos() {
        lock.lock();
        try {
            return inFlight.isEmpty() ? null : headSinceNanos;
        } finally {
            lock.unlock();
        }
    }

    int inFlight() {
        lock.lock();
        try {
            return inFlight.size();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Admits nothing any more, and hands over what was in flight. */
    List<Exchange> close() {
        lock.lock();
        try {
            closed = true;
            List<Exchange> left = List.copyOf(inFlight);
            inFlight.clear();
            left.forEach(exchange -> exchange.inFlight = false);
            pending = ByteBuffer.allocate(0);
            hasPending = false;
            detached = 0;
            unansweredBytes = 0;
            room.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void growPending(int length) {
        if (pending.remaining() >= length) {
            return;
        }
        int needed = Math.addExact(pending.position(), length);
        int doubled = (int) Math.min(2L * pending.capacity(), Integer.MAX_VALUE - 8L);
        ByteBuffer larger = ByteBuffer.allocate(Math.max(needed, doubled));
        pending = larger.put(pending.flip());
    }
}
