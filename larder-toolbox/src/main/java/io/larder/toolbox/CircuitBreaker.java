package io.larder.toolbox;

import io.larder.base.Printable;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Host;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * For each key, refuses calls at once while too many of the last ones have failed or were slow. Open, it refuses all until its time is
 * over; then so many probes pass as the {@link BreakerPolicy} says, and their outcome closes it or opens it again.
 *
 * <p>A shared one has one state in all processes over the store. Each counts by itself and tells the store once a second, in the
 * background; a caller waits for the store only where a key is new to its process, or a probe may pass. While the store does not answer
 * each process goes on alone, as {@link BreakerStats#isAlone} tells. A breaker raises nothing but its refusals. Thread-safe.
 *
 * @param <K> what the key is made of
 */
public final class CircuitBreaker<K> {
    /** What it does with calls. */
    public enum State {
        /** It lets them pass, and counts. */
        CLOSED(0),

        /** It refuses them. */
        OPEN(1),

        /** It lets some pass, to see. */
        PROBING(2);

        private final int code; // in the store

        State(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static @Nullable State of(int code) {
            return switch (code) {
                case 0 -> CLOSED;
                case 1 -> OPEN;
                case 2 -> PROBING;
                default -> null;
            };
        }
    }

    private final CellSpace<K> space;
    private final String suffix;
    private final Circuits circuits;

    CircuitBreaker(Host host, CellSpace<K> space, String template, BreakerPolicy policy) {
        this.space = space;
        this.suffix = policy.isShared() ? policy.suffix() : "";
        this.circuits = Breakers.of(host).circuits(host, space, template, policy);
    }

    /**
     * Makes a call, if the breaker lets it pass.
     *
     * @throws CircuitOpenException if not
     * @throws Exception what the call raises
     */
    public <T extends @Nullable Object> T call(K argument, Callable<T> work) throws Exception {
        Passage passage = enter(argument);
        T result;
        try {
            result = work.call();
        } catch (Throwable e) {
            passage.ended(e);
            throw e;
        }
        passage.ended(null);
        return result;
    }

    /**
     * Makes a call that answers later, if the breaker lets it pass; it has ended when its stage has. Raises nothing: what goes wrong is in
     * the future, {@link CircuitOpenException} as well.
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(
            K argument, Callable<? extends CompletionStage<T>> work) {
        Passage passage;
        CompletionStage<T> stage;
        try {
            passage = enter(argument);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            stage = work.call();
        } catch (Throwable e) {
            passage.ended(e);
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<T> outcome = new CompletableFuture<>();
        var unused = stage.whenComplete((value, failure) -> {
            Throwable bare = Results.bare(failure);
            passage.ended(bare);
            if (bare == null) {
                outcome.complete(value);
            } else {
                outcome.completeExceptionally(bare);
            }
        });
        return outcome;
    }

    /**
     * Lets a call pass that ends elsewhere.
     *
     * @throws CircuitOpenException if it may not
     */
    public Passage enter(K argument) {
        String key = space.key(argument, suffix);
        Passage passage = circuits.enter(key);
        if (passage == null) {
            throw new CircuitOpenException(Printable.of(space.key(argument, "")), circuits.retryAfter(key));
        }
        return passage;
    }

    /** What it does with calls of this key now; open until a call comes as a probe. Asks the store of a shared one. */
    public State state(K argument) {
        return circuits.state(space.key(argument, suffix));
    }

    /** The keys this process knows, those first that are not closed, then by their text; at most so many. */
    public List<BreakerStatus> statuses(int max) {
        return circuits.statuses(max);
    }

    /** What it has counted. */
    public BreakerStats stats() {
        return circuits.stats();
    }
}
