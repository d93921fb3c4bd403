package io.larder.client;

import io.larder.base.Ticker;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells the listener of a client, if it has one, of a node and the requests to it. Thread-safe; reads no clock if there is none. */
final class Watching {
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

    boolean isOn() {
        return listener != null;
    }

    /** For {@link #called}; 0 where nobody listens. */
    long now() {
        return listener == null ? 0 : ticker.nanos();
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
        CallListener to = listener;
        if (to == null) {
            return;
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
        guarded(() -> to.onCall(event));
    }

    /**
     * Tells whether the node is usable, if that has changed. One thread at a time tells; who comes meanwhile leaves it to look
     * again, so that what was told last is what holds.
     *
     * @param state looks; null if there is nothing to tell
     */
    void nodeChanged(Node node, Supplier<@Nullable NodeState> state) {
        CallListener to = listener;
        if (to == null || changes.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = changes.get();
            NodeState now = state.get();
            if (now != null && (told == null || told != now.usable())) {
                told = now.usable();
                guarded(() -> to.onNode(node.name(), now.usable(), now.reason()));
            }
        } while (changes.addAndGet(-seen) > 0);
    }

    /**
     * How a node is.
     *
     * @param reason why it is not usable; empty if it is
     */
    record NodeState(boolean usable, String reason) {}

    void deleteDropped(Node node) {
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
