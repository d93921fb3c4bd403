package io.larder.client;

import io.larder.protocol.TextReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The share of one lane to a node in a call on many keys. Confined to the calling thread. */
final class NodeShare {
    /** Requests in flight for one call: enough to keep a node busy, few enough to leave room for others. */
    private static final int WINDOW_REQUESTS = 64;

    private static final int WINDOW_BYTES = 256 << 10;

    /** A request of a share, and why it failed if it did. */
    static final class Job<E extends Exchange> {
        private final Watching watching;
        private final long startNanos;
        private final Node node;
        private final E exchange;
        private @Nullable MemcachedException failure;

        private Job(NodeLink link, E exchange) {
            this.watching = link.watching();
            this.startNanos = watching.begin(exchange);
            this.node = link.node();
            this.exchange = exchange;
        }

        E exchange() {
            return exchange;
        }

        /** The exchange with its reply, for requests that an error line makes fail. */
        E outcome(String key) {
            if (failure != null) {
                throw failure;
            }
            TextReply.Failure refusal = exchange.refusal();
            if (refusal != null) {
                throw Failures.refused(node, exchange.operation(), key, refusal);
            }
            return exchange;
        }

        private void fail(MemcachedException reason) {
            failure = reason;
            exchange.unanswered();
            tell(Watching.outcome(reason));
        }

        private void answered() {
            tell(exchange.refusal() == null ? CallEvent.Outcome.ANSWERED : CallEvent.Outcome.FAILED);
        }

        private void tell(CallEvent.Outcome outcome) {
            watching.called(exchange, node, startNanos, watching.now(), outcome);
        }

        /** Null: the reply is whole. */
        @Nullable
        MemcachedException failure() {
            return failure;
        }
    }

    private final NodeLink link;
    private final Lane lane;
    private final String operation;
    private final Deadline deadline;
    private final List<Job<?>> jobs = new ArrayList<>();
    private final ArrayDeque<Job<?>> inFlight = new ArrayDeque<>();
    private int inFlightBytes;
    private int sent;
    private @Nullable Connection connection;
    private @Nullable CompletableFuture<Lane.Dialled> dial;
    private boolean detached;
    private boolean waited;

    NodeShare(Lane lane, String operation, Deadline deadline) {
        this.link = lane.link();
        this.lane = lane;
        this.operation = operation;
        this.deadline = deadline;
    }

    Node node() {
        return link.node();
    }

    InterruptedCallException interrupted() {
        return Failures.interrupted(link.node(), operation, deadline);
    }

    <E extends Exchange> Job<E> add(E exchange) {
        Job<E> job = new Job<>(link, exchange);
        jobs.add(job);
        return job;
    }

    /** Does what can be done without waiting: connects, sends, takes note of what is done. False once nothing is left. */
    boolean advance() {
        collect();
        try {
            while (sent < jobs.size() && connect() && fill()) {
                collect();
            }
        } catch (MemcachedException e) {
            failUnsent(e);
        }
        if (sent < jobs.size() && !waited) {
            waited = true;
            jobs.subList(sent, jobs.size()).forEach(job -> job.exchange.time());
        }
        return sent < jobs.size() || !inFlight.isEmpty();
    }

    /** Whether this thread could do something about this share by reading. */
    boolean isReadable() {
        return !detached && !inFlight.isEmpty();
    }

    /** Reads until the oldest request is done; where that takes longer than a turn, the background reader takes over. */
    void read(Deadline turn) {
        Connection open = connection;
        Job<?> oldest = inFlight.peek();
        if (open != null && oldest != null && !open.await(oldest.exchange, turn)) {
            detached = true;
            inFlight.forEach(job -> open.detach(job.exchange));
        }
    }

    /** Gives up what is not done. */
    void giveUp() {
        collect();
        Connection open = connection;
        boolean anyLeft = false;
        for (Job<?> job : inFlight) {
            anyLeft |= open != null && open.detach(job.exchange);
        }
        collect();
        if (anyLeft || sent < jobs.size()) {
            MemcachedException late = link.interruptedOrTimedOut(
                    open, inFlight.isEmpty() ? null : inFlight.peek().exchange, operation, deadline);
            inFlight.forEach(job -> job.fail(late));
            inFlight.clear();
            failUnsent(late);
        }
    }

    private void failUnsent(MemcachedException failure) {
        for (; sent < jobs.size(); sent++) {
            jobs.get(sent).fail(failure);
        }
    }

    private void collect() {
        Job<?> oldest = inFlight.peek();
        Lost broken = oldest != null && oldest.exchange.isDone() ? oldest.exchange.lost() : null;
        if (broken != null && broken.unproven() && inFlight.stream().allMatch(job -> job.exchange.isRepeatable())) {
            sendAgain();
            return;
        }
        for (Job<?> job = inFlight.peek(); job != null && job.exchange.isDone(); job = inFlight.peek()) {
            inFlight.remove();
            inFlightBytes -= job.exchange.requestBytesMax();
            Lost lost = job.exchange.lost();
            if (lost != null) {
                job.fail(link.unavailable(operation, deadline, lost));
            } else {
                job.answered();
            }
        }
    }

    /** What was sent over a connection that turned out to be dead: all that is in flight, as nothing has come since. */
    private void sendAgain() {
        if (!inFlight.stream().allMatch(job -> job.exchange.isDone())) {
            return; // the others are lost in a moment
        }
        inFlight.forEach(job -> job.exchange.again());
        sent -= inFlight.size();
        inFlight.clear();
        inFlightBytes = 0;
        connection = null;
        detached = false;
    }

    /** Whether there is a connection to send on. */
    private boolean connect() {
        Connection open = connection;
        if (open != null && open.isOpen()) {
            return true;
        }
        if (!inFlight.isEmpty()) {
            return false; // they fail in a moment, and are collected first
        }
        connection = lane.current();
        if (connection != null) {
            return true;
        }
        CompletableFuture<Lane.Dialled> started = dial;
        if (started == null) {
            started = lane.dial(operation);
            dial = started;
        }
        if (!started.isDone()) {
            return false;
        }
        dial = null;
        connection = link.connected(started.join(), operation, deadline);
        return true;
    }

    /** Sends as much as window and connection have room for; true if there is a reason to try again at once. */
    private boolean fill() {
        Connection open = connection;
        if (open == null) {
            return false;
        }
        Pipeline.Admission answer = Pipeline.Admission.ADMITTED;
        while (answer == Pipeline.Admission.ADMITTED && sent < jobs.size() && hasWindow()) {
            Job<?> job = jobs.get(sent);
            answer = open.offer(job.exchange);
            if (answer == Pipeline.Admission.ADMITTED) {
                link.counters().requests.increment();
                inFlight.add(job);
                inFlightBytes += job.exchange.requestBytesMax();
                sent++;
                if (detached) {
                    open.detach(job.exchange);
                }
            }
        }
        open.flush();
        if (answer == Pipeline.Admission.FULL
                && inFlight.isEmpty()
                && link.limits().backPressure() == BackPressure.REJECT) {
            throw Failures.full(link.node(), operation, open.inFlight());
        }
        return answer == Pipeline.Admission.CLOSED;
    }

    private boolean hasWindow() {
        return inFlight.isEmpty() || (inFlight.size() < WINDOW_REQUESTS && inFlightBytes < WINDOW_BYTES);
    }
}
