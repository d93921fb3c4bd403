package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leases;
import io.larder.cache.spi.NotKeptException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store outside the process, as the framework uses it: behind a {@link Breaker}, and with the removals it has {@link Missed}
 * made up for. Thread-safe.
 *
 * <p>A key that was to be removed and could not be is never served by this process: a lookup removes it first. Others see the
 * removal when the store is back, two seconds later at most.
 */
final class GuardedStore implements ByteStore {
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final ByteStore store;
    private final String name;
    private final Breaker breaker;
    private final Missed missed = new Missed();
    private final Surroundings around;
    private final AtomicBoolean waits = new AtomicBoolean(); // a retry is due
    private volatile boolean closed;

    GuardedStore(ByteStore store, String name, Surroundings around) {
        this.store = store;
        this.name = name;
        this.breaker = new Breaker(around, this::tellBreaker);
        this.around = around;
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    /** The store, to be read without an effect on the breaker or on what was missed; one that is left alone is not asked. */
    static ByteStore quiet(ByteStore store) {
        return store instanceof GuardedStore guarded ? new Quiet(guarded) : store;
    }

    private record Quiet(GuardedStore guarded) implements ByteStore {
        @Override
        public byte @Nullable [] find(String key) {
            if (guarded.breaker.state() != Breaker.State.CLOSED) {
                throw guarded.leftAlone();
            }
            return guarded.missed.contains(key) ? null : guarded.store.find(key);
        }

        @Override
        public void put(String key, byte[] value, Duration ttl) {
            throw new UnsupportedOperationException("for looking only");
        }

        @Override
        public void remove(String key) {
            throw new UnsupportedOperationException("for looking only");
        }

        @Override
        public void close() {}
    }

    boolean hasMissed(String key) {
        return missed.contains(key);
    }

    @Override
    public Cells cells() {
        return new GuardedCells(this, store.cells());
    }

    @Override
    public Leases leases() {
        return new GuardedLeases(this, store.leases());
    }

    /** Asks the store, if the breaker lets it. */
    <R extends @Nullable Object> R ask(Supplier<R> call) {
        enter();
        long start = around.nanos();
        R answer;
        try {
            answer = call.get();
        } catch (NotKeptException e) {
            breaker.answered(start); // of this value it wants nothing, which says nothing of its health
            throw e;
        } catch (Throwable e) {
            breaker.failed();
            throw e;
        }
        breaker.answered(start);
        return answer;
    }

    private void tellBreaker(Breaker.State state) {
        CacheEvent.BreakerState told = CacheEvent.BreakerState.valueOf(state.name());
        around.events().tell(listener -> listener.onBreaker(new CacheEvent.Breaker(name, told)));
    }

    private void enter() {
        if (!breaker.tryEnter()) {
            throw leftAlone();
        }
    }

    private LarderException leftAlone() {
        return new LarderException(
                "store %s has failed repeatedly and is left alone for a while; reads go to the loader".formatted(name));
    }

    @Override
    public byte @Nullable [] find(String key) {
        if (missed.contains(key)) {
            makeUp(key);
            return null;
        }
        return ask(() -> store.find(key));
    }

    @Override
    public Found<byte[]> findAll(Collection<String> keys) {
        for (String key : keys) {
            if (missed.contains(key)) {
                return ByteStore.super.findAll(keys); // one by one, each made up for
            }
        }
        return askMany(() -> store.findAll(keys), found -> found.failures().isEmpty());
    }

    /** Asks the store for many keys, if the breaker lets it. */
    <R> R askMany(Supplier<R> call, Predicate<R> isWhole) {
        enter();
        long start = around.nanos();
        R answer;
        try {
            answer = call.get();
        } catch (Throwable e) {
            breaker.failed();
            throw e;
        }
        if (isWhole.test(answer)) {
            breaker.answered(start);
        } else {
            breaker.failed();
        }
        return answer;
    }

    /** Makes up for a removal of the key that was missed. */
    void catchUp(String key) {
        if (missed.contains(key)) {
            makeUp(key);
        }
    }

    @Override
    public void put(String key, byte[] value, Duration ttl) {
        boolean unused = write(key, () -> {
            store.put(key, value, ttl);
            return true;
        });
    }

    /** Writes to the store; a write that fails is a missed removal. Answers what the write answers: whether it took place. */
    boolean write(String key, Supplier<Boolean> put) {
        long upTo = missed.last();
        boolean written;
        try {
            written = ask(put);
        } catch (NotKeptException e) {
            settle(key, upTo); // nothing is there any more
            throw e;
        } catch (RuntimeException e) {
            miss(key); // what is there, if anything, is older than what was to be written
            throw e;
        }
        if (written) {
            settle(key, upTo);
        }
        return written;
    }

    @Override
    public void remove(String key) {
        try {
            makeUp(key);
        } catch (RuntimeException e) {
            miss(key);
            throw e;
        }
    }

    private void makeUp(String key) {
        long upTo = missed.last();
        ask(() -> {
            store.remove(key);
            return null;
        });
        settle(key, upTo);
    }

    private void settle(String key, long upTo) {
        if (missed.settled(key, upTo)) {
            tellMissed(key, true);
        }
    }

    private void tellMissed(String key, boolean recovered) {
        around.events().tell(listener -> listener.onMissedRemoval(new CacheEvent.MissedRemoval(name, key, recovered)));
    }

    private void miss(String key) {
        if (missed.add(key, around.nowMillis())) {
            retryLater();
        }
        tellMissed(key, false);
    }

    private void retryLater() {
        if (!waits.compareAndSet(false, true)) {
            return;
        }
        around.timer().after(RETRY, () -> {
            waits.set(false);
            if (closed || missed.size() == 0) {
                return;
            }
            if (!around.background().tryRun(this::retry)) {
                retryLater();
            }
        });
    }

    private void retry() {
        for (String key : missed.oldest(Missed.KEYS_MAX)) {
            if (closed) {
                return;
            }
            long upTo = missed.last();
            try {
                makeUp(key);
            } catch (IllegalArgumentException e) {
                settle(key, upTo); // the store takes no such key, so it has none either
            } catch (RuntimeException e) {
                if (breaker.state() == Breaker.State.OPEN) {
                    break; // otherwise perhaps one node of several: the others are told
                }
            }
        }
        if (missed.size() > 0) {
            retryLater(); // health() tells how many wait
        }
    }

    /** Entries made until then may have missed an invalidation that is forgotten. */
    long distrustedMillis() {
        return missed.distrustedMillis();
    }

    StoreHealth health(String route) {
        return new StoreHealth(route, name, breaker.state() != Breaker.State.CLOSED, missed.size(), missed.dropped());
    }

    @Override
    public void close() {
        closed = true;
        store.close();
    }
}
