package io.larder.client;

import io.larder.base.Ticker;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of a client, if it has one, and Flight Recorder, if it records, of a node and the requests to it. Thread-safe;
 * reads no clock where nobody wants to know.
 */
final class Watching {
    /** Stands for a time that nobody wanted to know. */
    static final long OFF = Long.MIN_VALUE;

    private static final FlightRecording FLIGHT = FlightRecording.ofRuntime();

    private final @Nullable CallListener listener;
    private final Ticker ticker;

    /** Since the thread that tells of the node looked last. */
    private final AtomicInteger changes = new AtomicInteger();

    /** Whether the node was usable when that was told last; null before. Belongs to the thread that raised {@code changes} from 0. */
    private @Nullable Boolean told;

    private final AtomicBoolean threw = new AtomicBoolean();

    Watching(@Nullable CallListener listener, Ticker ticker) {
        this.listener = listener;
        this.ticker = ticker;
    }

    /** When a call begins, for {@link #called}; {@link #OFF} where nobody wants to know. Before its request is sent. */
    long begin(Exchange exchange) {
        boolean recorded = FLIGHT.isOfRequests();
        if (listener == null && !recorded) {
            return OFF;
        }
        exchange.time();
        if (recorded) {
            exchange.record(FLIGHT.begin());
        }
        return ticker.nanos();
    }

    /** For {@link #called}; {@link #OFF} where nobody wants to know. */
    long now() {
        return listener == null && !FLIGHT.isOfRequests() ? OFF : ticker.nanos();
    }

    /** What is told of a request that failed so. */
    static CallEvent.Outcome outcome(@Nullable RuntimeException failure) {
        if (failure == null) {
            return CallEvent.Outcome.ANSWERED;
        }
        boolean late = failure instanceof CallTimeoutException || failure instanceof OverloadedException;
        return late ? CallEvent.Outcome.LATE : CallEvent.Outcome.FAILED;
    }

    /**
     * Tells of a request.
     *
     * @param startNanos when the call began
     * @param doneNanos when the reply was read, or the call given up
     */
    void called(Exchange exchange, Node node, long startNanos, long doneNanos, CallEvent.Outcome outcome) {
        if (startNanos == OFF || doneNanos == OFF) {
            return; // or a recording has begun, or ended, meanwhile
        }
        long admitted = exchange.admittedNanos();
        long sent = admitted == 0 ? doneNanos : admitted;
        CallEvent event = new CallEvent(
                exchange.operation(),
                node.name(),
                outcome,
                Math.max(0, sent - startNanos),
                Math.max(0, doneNanos - sent),
                Math.max(0, ticker.nanos() - doneNanos));
        FlightRecording.Request recorded = exchange.recorded();
        if (recorded != null) {
            recorded.end(event);
        }
        CallListener to = listener;
        if (to != null) {
            guarded(() -> to.onCall(event));
        }
    }

    /**
     * Tells whether the node is usable, if that has changed. One thread at a time tells; who comes meanwhile leaves it to look
     * again, so that what was told last is what holds.
     *
     * @param state looks; null if there is nothing to tell
     */
    void nodeChanged(Node node, Supplier<@Nullable NodeState> state) {
        if (changes.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = changes.get();
            NodeState now = state.get();
            if (now != null && (told == null || told != now.usable())) {
                told = now.usable();
                tellNode(node.name(), now);
            }
        } while (changes.addAndGet(-seen) > 0);
    }

    private void tellNode(String node, NodeState now) {
        FLIGHT.node(node, now.usable(), now.reason());
        CallListener to = listener;
        if (to != null) {
            guarded(() -> to.onNode(node, now.usable(), now.reason()));
        }
    }

    /**
     * How a node is.
     *
     * @param reason why it is not usable; empty if it is
     */
    record NodeState(boolean usable, String reason) {}

    void deleteDropped(Node node) {
        FLIGHT.deleteDropped(node.name());
        CallListener to = listener;
        if (to != null) {
            guarded(() -> to.onDeleteDropped(node.name()));
        }
    }

    /** Whatever it throws, and other languages throw anything: the caller may be a thread on which all others depend. */
    private void guarded(Runnable tell) {
        try {
            tell.run();
        } catch (Throwable e) {
            if (threw.getAndSet(true)) {
                return; // or it would fill the log, call by call
            }
            System.getLogger(CallListener.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "a listener of the memcached client threw %s; it is told on, further ones are not logged; mend it"
                                    .formatted(e.getClass().getName()));
        }
    }
}
