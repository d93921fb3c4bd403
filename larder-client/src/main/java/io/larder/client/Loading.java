package io.larder.client;

import io.larder.base.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One {@link View#compute}.
 *
 * <pre>
 *   read ── hit ──────────────────────────────────────────────> the value; told to refresh: loads in the background
 *     └─ miss ── another thread of this process loads ────────> waits for it
 *          └──── read with lease ── got it ───────────────────> loads, stores by the token of the lease
 *                   ├── another process has it ───────────────> reads again after 5, 10, ... 100 ms, until the lease is over
 *                   └── node failed ──────────────────────────> loads, stores nothing
 * </pre>
 *
 * <p>A node without meta commands gives no leases: there, who can add a key beside the real one has it.
 */
final class Loading<V> {
    private static final long PAUSE_FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    /** The node counts in seconds: a lease may end up to one late. */
    private static final Duration LEASE_SLACK = Duration.ofSeconds(2);

    private static final String LOCK_SUFFIX = ":larder-lease";

    private final KeyCalls<V> calls;
    private final ViewSettings settings;
    private final String key;
    private final LoadPolicy policy;
    private final Supplier<? extends @Nullable V> loader;
    private final Ticker ticker;
    private final Flights.Id id;

    Loading(
            KeyCalls<V> calls,
            ViewSettings settings,
            String key,
            LoadPolicy policy,
            Supplier<? extends @Nullable V> loader) {
        this.calls = calls;
        this.settings = settings;
        this.key = key;
        this.policy = policy;
        this.loader = loader;
        this.ticker = calls.cluster().config().ticker();
        this.id = calls.flightId(key);
    }

    @Nullable
    V run() {
        Reading early = Reading.PLAIN.withRefreshBelow(policy.refreshBelow());
        Lookup<V> found = read(calls.lookup(key, early));
        V value = served(found);
        return value == null ? fly(this::lead) : value;
    }

    /** The value of a hit, which is refreshed in the background if this caller was told to. */
    private @Nullable V served(Lookup<V> found) {
        if (found instanceof Lookup.Hit<V> hit) {
            refreshIf(hit.refresh(), hit.cas());
            return hit.value();
        }
        if (found instanceof Lookup.Stale<V> stale) {
            refreshIf(stale.refresh(), stale.cas());
            return stale.value();
        }
        return null;
    }

    private void refreshIf(boolean told, long cas) {
        CompletableFuture<@Nullable Object> own = new CompletableFuture<>();
        Flights flights = calls.cluster().flights();
        if (!told || flights.join(id, own) != null) {
            return;
        }
        try {
            calls.cluster().background().block(() -> refresh(own, cas));
        } catch (RejectedExecutionException e) {
            flights.leave(id, own); // too much to do: another caller is told once the mark is gone
            own.cancel(false);
        }
    }

    private void refresh(CompletableFuture<@Nullable Object> own, long cas) {
        try {
            own.complete(loadAndStore(cas));
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e); // for those who found the item gone meanwhile, and wait
        } finally {
            calls.cluster().flights().leave(id, own);
        }
    }

    /** Without the node, which is known to fail: loads once in this process, and stores nothing. */
    @Nullable
    V runAlone() {
        return fly(loader);
    }

    /** Loads, or waits for the thread of this process that does. */
    private @Nullable V fly(Supplier<? extends @Nullable V> lead) {
        CompletableFuture<@Nullable Object> own = new CompletableFuture<>();
        CompletableFuture<@Nullable Object> other = calls.cluster().flights().join(id, own);
        if (other != null) {
            return await(other);
        }
        try {
            V value = lead.get();
            own.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            calls.cluster().flights().leave(id, own);
        }
    }

    @SuppressWarnings("unchecked") // the codec is part of the id
    private @Nullable V await(CompletableFuture<@Nullable Object> other) {
        try {
            return (V) other.get(policy.lease().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | CancellationException e) {
            return loader.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("a loader threw what it does not declare", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(calls.nodeOf(key), "compute", deadline());
        }
    }

    private @Nullable V lead() {
        long start = ticker.nanos();
        long patience = policy.lease().plus(LEASE_SLACK).toNanos();
        Reading leasing = Reading.PLAIN.withLease(policy.lease()).withRefreshBelow(policy.refreshBelow());
        for (long pause = PAUSE_FIRST_NANOS; ; pause = Math.min(2 * pause, PAUSE_NANOS_MAX)) {
            LookupCall<V> call = calls.lookup(key, leasing);
            Lookup<V> found = read(call);
            V value = served(found);
            if (value != null) {
                return value;
            }
            if (!(found instanceof Lookup.Absent<V> absent)) {
                return loadBesides(found);
            }
            if (absent.lease().isPresent()) {
                return loadAndStore(absent.lease().getAsLong());
            }
            if (!call.wasSentAsMeta() && lock()) {
                return loadLocked();
            }
            if (ticker.nanos() - start > patience) {
                return loader.get();
            }
            LockSupport.parkNanos(this, pause);
            if (Thread.currentThread().isInterrupted()) {
                throw Failures.interrupted(call.node(), "compute", deadline());
            }
        }
    }

    /** Loads without a lease: the node failed, or holds what this codec cannot read, which is replaced. */
    private @Nullable V loadBesides(Lookup<V> found) {
        V value = loader.get();
        boolean unreadable =
                found instanceof Lookup.Unavailable<V> failed && failed.cause() instanceof UnreadableValueException;
        if (unreadable && value != null) {
            attempt(calls.store(StoreCall.Kind.SET, "set", key, value, calls.exptime(policy.ttl())));
        }
        return value;
    }

    /** Loads for the holder of a lease, or of an item to be refreshed; stores only if that is still there. */
    private @Nullable V loadAndStore(long cas) {
        V value;
        try {
            value = loader.get();
        } catch (RuntimeException | Error e) {
            release(cas);
            throw e;
        }
        if (value == null) {
            release(cas);
            return null;
        }
        attempt(calls.cas(key, value, cas, calls.exptime(policy.ttl())));
        return value;
    }

    /** Lets the next caller load at once, instead of after the end of the lease. */
    private void release(long cas) {
        attempt(calls.delete(key, cas));
    }

    private boolean lock() {
        try {
            Encoded empty = new Encoded(0, "1".getBytes(StandardCharsets.US_ASCII));
            return calls.lock(key + LOCK_SUFFIX, empty, calls.exptime(policy.lease()))
                            .run(deadline())
                    == StoreResult.STORED;
        } catch (IllegalArgumentException e) {
            return true; // no room for the suffix: whoever comes loads
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return true; // the node of the lock failed, not that of the value
        }
    }

    private @Nullable V loadLocked() {
        try {
            V stored = served(read(calls.lookup(key, Reading.PLAIN))); // between our miss and our lock
            if (stored != null) {
                return stored;
            }
            V value = loader.get();
            if (value != null) {
                attempt(calls.store(StoreCall.Kind.SET, "set", key, value, calls.exptime(policy.ttl())));
            }
            return value;
        } finally {
            try {
                attempt(calls.delete(key + LOCK_SUFFIX));
            } catch (IllegalArgumentException e) {
                // no room for the suffix, hence no lock
            }
        }
    }

    /** What was loaded is the caller's in any case; that it could not be stored is counted with the node. */
    private void attempt(@Nullable KeyCall<?> call) {
        if (call != null) {
            try {
                call.run(deadline());
            } catch (MemcachedException e) {
                System.getLogger(Loading.class.getName())
                        .log(System.Logger.Level.DEBUG, "compute could not store what it loaded", e);
            }
        }
    }

    private Lookup<V> read(LookupCall<V> call) {
        try {
            return call.run(deadline());
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return new Lookup.Unavailable<>(e.node(), e);
        }
    }

    private Deadline deadline() {
        return calls.cluster().deadline(settings.timeout());
    }
}
