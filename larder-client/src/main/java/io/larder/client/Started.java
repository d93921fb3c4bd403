package io.larder.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call whose outcome goes to a future: sent at once if there is room, and as soon as there is a connection. The future is
 * completed by a thread of {@link Background}, never by the one that reads the connection.
 */
final class Started<R extends @Nullable Object> {
    private final KeyCall<R> call;
    private final Deadline deadline;
    private final Background background;
    private final @Nullable Function<MemcachedException, R> instead;
    private final CompletableFuture<R> future = new CompletableFuture<>();
    private final long startNanos;
    private volatile @Nullable ScheduledFuture<?> watch;
    private volatile @Nullable Connection sentOn;

    /** Whether it is clear what becomes of the call: the first of reply and failure wins, and alone is told to the listener. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private Started(
            KeyCall<R> call,
            Deadline deadline,
            Background background,
            @Nullable Function<MemcachedException, R> instead) {
        this.call = call;
        this.deadline = deadline;
        this.background = background;
        this.instead = instead;
        this.startNanos = call.link().watching().begin(call);
    }

    /**
     * Starts a call.
     *
     * @param instead what a failure is turned into; null where it stays a failure
     */
    static <R extends @Nullable Object> CompletableFuture<R> start(
            KeyCall<R> call,
            Deadline deadline,
            Background background,
            @Nullable Function<MemcachedException, R> instead) {
        Started<R> started = new Started<>(call, deadline, background, instead);
        call.setWhenDone(started::replied);
        try {
            started.watch = background.later(deadline.leftNanos(), started::tooLate);
        } catch (RejectedExecutionException e) {
            throw Failures.closed();
        }
        if (call.link().limits().backPressure() == BackPressure.BLOCK) {
            started.sendPatiently();
        } else {
            started.send();
        }
        return started.future;
    }

    /** Waits for connection and room. By the caller's thread alone: threads of the client must not wait. */
    private void sendPatiently() {
        try {
            Connection connection = call.link().send(call, deadline);
            sentOn = connection;
            connection.readInBackground();
        } catch (MemcachedException e) {
            fail(e);
        } catch (IllegalStateException e) {
            clientClosed(e);
        }
    }

    private void send() {
        Lane lane = call.link().lane(call);
        try {
            Connection connection = lane.current();
            while (connection != null) {
                sentOn = connection;
                switch (connection.start(call)) {
                    case ADMITTED -> {
                        call.link().counters().requests.increment();
                        return;
                    }
                    case FULL -> {
                        call.link().counters().timeouts.increment();
                        fail(Failures.full(call.node(), call.operation(), connection.inFlight()));
                        return;
                    }
                    case CLOSED -> connection = lane.current();
                }
            }
            sentOn = null;
            call.time();
            CompletableFuture<Void> unused = lane.dial(call.operation()).thenAccept(this::connected);
        } catch (MemcachedException e) {
            fail(e);
        } catch (IllegalStateException e) {
            clientClosed(e);
        }
    }

    private void connected(Lane.Dialled dialled) {
        try {
            call.link().connected(dialled, call.operation(), deadline);
        } catch (MemcachedException e) {
            fail(e);
            return;
        } catch (IllegalStateException e) {
            clientClosed(e);
            return;
        }
        if (!future.isDone()) {
            send();
        }
    }

    /** Called by the thread that read the reply, or closed the connection. */
    private void replied() {
        Lost broken = call.lost();
        if (broken != null && broken.unproven() && call.isRepeatable() && !decided.get()) {
            call.again();
            send();
            return;
        }
        if (!decided.compareAndSet(false, true)) {
            return; // too late
        }
        Watching watching = call.link().watching();
        long done = watching.now();
        complete(() -> {
            Lost lost = call.lost();
            if (lost != null) {
                call.unanswered();
                MemcachedException failure = call.link().unavailable(call.operation(), deadline, lost);
                watching.called(call, call.node(), startNanos, done, Watching.outcome(failure));
                settle(failure);
                return;
            }
            try {
                future.complete(call.watchedResult(startNanos, done));
            } catch (MemcachedException e) {
                settle(e);
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        });
    }

    private void tooLate() {
        if (!future.isDone() && !decided.get()) {
            fail(call.link().timedOut(sentOn, call, call.operation(), deadline));
        }
    }

    private void fail(MemcachedException failure) {
        if (!decided.compareAndSet(false, true)) {
            return;
        }
        call.unanswered();
        Watching watching = call.link().watching();
        watching.called(call, call.node(), startNanos, watching.now(), Watching.outcome(failure));
        complete(() -> settle(failure));
    }

    private void clientClosed(IllegalStateException e) {
        if (!decided.compareAndSet(false, true)) {
            return;
        }
        Watching watching = call.link().watching();
        watching.called(call, call.node(), startNanos, watching.now(), Watching.outcome(e));
        complete(() -> future.completeExceptionally(e));
    }

    private void complete(Runnable completion) {
        ScheduledFuture<?> watching = watch;
        if (watching != null) {
            watching.cancel(false);
        }
        background.complete(completion);
    }

    private void settle(MemcachedException failure) {
        if (instead == null) {
            future.completeExceptionally(failure);
        } else {
            future.complete(instead.apply(failure));
        }
    }
}
