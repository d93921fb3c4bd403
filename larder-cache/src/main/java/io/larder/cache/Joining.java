package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The waits of a get: for the flight of another caller, for a load that another thread runs, and for another process. A thread that is
 * interrupted meanwhile keeps its mark and raises a {@link LarderException}; the load goes on. Thread-safe.
 */
final class Joining<V extends @Nullable Object> {
    private final Counters counters;
    private final Looks<?, V> looks;
    private final Policy policy;
    private final Surroundings around;

    Joining(Definition<V> shared, Looks<?, V> looks, Policy policy, Surroundings around) {
        this.counters = shared.counters();
        this.looks = looks;
        this.policy = policy;
        this.around = around;
    }

    /** Waits for the flight of another caller; answers its offer if that came first, {@code null} once it has landed. */
    Flight.@Nullable Offer<V> await(Flight<V> flight, String key, Patience patience) {
        try {
            if (!around.waits().await(flight, key, () -> flight.awaitAnswer(patience.leftNanos()))) {
                throw tooLong(key);
            }
            Flight.Offer<V> offer = flight.offer();
            if (flight.hasLanded()) {
                return null;
            }
            if (offer != null && looks.isServable(key, offer)) {
                return offer;
            }
            if (!around.waits().await(flight, key, () -> flight.awaitLanding(patience.leftNanos()))) {
                throw tooLong(key);
            }
            return null;
        } catch (InterruptedException e) {
            throw interrupted(key, e);
        }
    }

    /** Waits for a load that another thread runs for us; answers whether it landed in time. */
    boolean awaitLanding(Flight<V> flight, String key, long nanosMax) {
        try {
            return around.waits().await(flight, key, () -> flight.awaitLanding(nanosMax));
        } catch (InterruptedException e) {
            throw interrupted(key, e);
        }
    }

    /** Waits a moment for the load of another process. */
    void pause(Flight<V> flight, String key, Patience patience) {
        try {
            patience.pause();
        } catch (InterruptedException e) {
            flight.crash(e, Flight.Kind.MISS); // so that another caller takes over
            throw interrupted(key, e);
        }
    }

    /** Counts a caller who has waited too long. */
    LoadTimeoutException tooLong(String key) {
        counters.timeouts.increment();
        return new LoadTimeoutException(key, policy.hardTimeout());
    }

    private static LarderException interrupted(String key, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new LarderException(
                "interrupted while another thread loads %s; the load goes on".formatted(Printable.of(key)), cause);
    }
}
