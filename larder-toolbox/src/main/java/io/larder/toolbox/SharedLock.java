package io.larder.toolbox;

import io.larder.base.Printable;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Host;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A lock for each key, over all processes that share the store. Who holds it has a lease: when that ends, another may take the
 * lock, so that a process that dies holds nobody up. A holder that is slow beyond its lease is told when it renews or gives up;
 * to keep it from doing harm before, let what it writes to refuse fencing numbers below the highest it has seen.
 *
 * <p>The cell of a held lock holds the token of its owner and ends with the lease, by the clock of the store; that of a lock
 * just given up is empty. The fencing number is a counter beside it, taken after the lock and before the lock is looked at
 * again: so the later holder has the higher number. Not reentrant. Thread-safe.
 *
 * @param <K> what the key is made of
 */
public final class SharedLock<K> {
    private static final byte[] FREE = {};
    private static final Duration FREE_TTL = Duration.ofSeconds(1);

    /** The counter begins anew after this, from the time of day, which is further than it can have been counted. */
    private static final Duration FENCE_TTL = Duration.ofHours(1);

    private static final String FENCE = ":fence";

    private final Host host;
    private final CellSpace<K> space;
    private final LockPolicy policy;
    private final Pauses pauses;
    private final Tallies.OfLock tally;

    SharedLock(Host host, CellSpace<K> space, String template, LockPolicy policy, Pauses pauses) {
        this.tally = Tallies.of(host).lock(space.shape(), template, policy);
        this.host = host;
        this.space = space;
        this.policy = policy;
        this.pauses = pauses;
    }

    /**
     * Takes the lock if it is free.
     *
     * @throws io.larder.base.LarderException if the store does not answer; then the lock may be held until a lease has passed
     */
    public Optional<Held> tryAcquire(K argument) {
        Optional<Held> held = attempt(argument);
        (held.isPresent() ? tally.acquired : tally.refused).increment();
        return held;
    }

    private Optional<Held> attempt(K argument) {
        try {
            return attemptUncounted(argument);
        } catch (IllegalArgumentException e) {
            throw e; // of the key, not of the store
        } catch (RuntimeException e) {
            tally.storeFailures.increment();
            throw e;
        }
    }

    private Optional<Held> attemptUncounted(K argument) {
        String key = space.key(argument, "");
        byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        Cells cells = space.cells();
        long begunNanos = host.ticker().nanos();
        if (!take(cells, key, token)) {
            return Optional.empty();
        }
        try {
            long fence = cells.count(
                    space.key(argument, FENCE), 1, micros(host.clock().instant()), FENCE_TTL);
            Held held = new Held(this, key, token, fence, begunNanos);
            // looked at again, for the lease may have ended before the number was taken
            return isOf(cells.find(key), token) && !held.remaining().isZero() ? Optional.of(held) : Optional.empty();
        } catch (RuntimeException e) {
            release(key, token);
            throw e;
        }
    }

    /**
     * Takes the lock, waiting for it as long as the policy says.
     *
     * @throws LockNotAcquiredException if it was not free in time, or this thread is interrupted; its interrupt flag is set then
     * @throws io.larder.base.LarderException if the store does not answer
     */
    public Held acquire(K argument) {
        long begunNanos = host.ticker().nanos();
        Optional<Held> atOnce = attempt(argument);
        if (atOnce.isPresent()) {
            tally.acquired.increment();
            return atOnce.get();
        }
        try {
            Held held = waitFor(argument, begunNanos);
            tally.acquired.increment();
            return held;
        } catch (LockNotAcquiredException e) {
            tally.refused.increment();
            throw e;
        } finally {
            if (!policy.waitMax().isZero()) {
                tally.waited(host.ticker().nanos() - begunNanos);
            }
        }
    }

    private Held waitFor(K argument, long begunNanos) {
        long pauseNanos = Pauses.FIRST_NANOS;
        while (true) {
            long leftNanos = policy.waitMax().toNanos() - (host.ticker().nanos() - begunNanos);
            if (leftNanos <= 0) {
                throw new LockNotAcquiredException(
                        "%s was held by another for %d ms; wait longer, or do without"
                                .formatted(shown(argument), policy.waitMax().toMillis()),
                        policy.lease());
            }
            long jittered =
                    pauseNanos - (long) (pauseNanos * host.random().nextDouble() / 2); // or all would come at once
            try {
                pauses.pause(Math.min(leftNanos, jittered));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LockNotAcquiredException(
                        "interrupted while waiting for %s".formatted(shown(argument)), policy.lease());
            }
            pauseNanos = Math.min(Pauses.LONGEST_NANOS, 2 * pauseNanos);
            Optional<Held> held = attempt(argument);
            if (held.isPresent()) {
                return held.get();
            }
        }
    }

    /** What this process has counted. */
    public LockStats stats() {
        return tally.stats();
    }

    /** A holder is told that its lease was over before. */
    LeaseLostException lost(String key, @Nullable RuntimeException cause) {
        tally.lost.increment();
        return new LeaseLostException(Printable.of(key), cause);
    }

    private String shown(K argument) {
        return Printable.of(space.key(argument, ""));
    }

    private static long micros(Instant now) {
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
    }

    private boolean take(Cells cells, String key, byte[] token) {
        Cell seen = cells.find(key);
        if (seen == null) {
            return cells.add(key, token, policy.lease());
        }
        return seen.bytes().length == 0 && cells.replace(key, token, seen.version(), policy.lease());
    }

    private static boolean isOf(@Nullable Cell cell, byte[] token) {
        return cell != null && Arrays.equals(cell.bytes(), token);
    }

    /** How long a holder may still count on its lease, from the moment before it was taken; zero if not at all. */
    Duration remaining(long begunNanos) {
        long left = policy.lease().toNanos() - (host.ticker().nanos() - begunNanos);
        return Duration.ofNanos(Math.max(0, left));
    }

    /** Gives the owner of this token a new lease; answers from when it counts. */
    long renew(String key, byte[] token) {
        long begunNanos = host.ticker().nanos();
        Cell seen = space.cells().find(key);
        if (seen == null || !isOf(seen, token) || !space.cells().replace(key, token, seen.version(), policy.lease())) {
            throw lost(key, null);
        }
        return begunNanos;
    }

    /** Gives the lock up, if it is this owner's; answers whether it was. */
    boolean giveUp(String key, byte[] token) {
        Cell seen = space.cells().find(key);
        if (seen == null || !isOf(seen, token)) {
            return false;
        }
        boolean unused = space.cells().replace(key, FREE, seen.version(), FREE_TTL); // or it has ended just now
        pauses.wake();
        return true;
    }

    private void release(String key, byte[] token) {
        try {
            boolean unused = giveUp(key, token);
        } catch (RuntimeException e) {
            // the store has failed before: the lease ends by itself
        }
    }
}
