package io.larder.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a cached function writes: loaded values, values the caller knows, remembered failures, and values whose TTL is ended
 * early. A store that fails is counted and told of, and raises nothing. Thread-safe.
 */
final class Writes<K extends @Nullable Object, V extends @Nullable Object> {
    private static final System.Logger LOG = System.getLogger("io.larder.cache");
    private static final int MESSAGE_CHARS_MAX = 1000;
    private static final int NANOS_PER_MICRO = 1000;

    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Tally tally;
    private final Policy policy;
    private final StoreRule<K, V> rule;
    private final @Nullable InUse<K> inUse;
    private final Surroundings around;
    private final AtomicBoolean complained = new AtomicBoolean();

    Writes(Definition<V> shared, Definitions.Plan<K, V> plan, @Nullable InUse<K> inUse, Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.tally = shared.tally();
        this.policy = plan.policy();
        this.rule = plan.rule();
        this.inUse = inUse;
        this.around = around;
    }

    /** Keeps a loaded value, if it is to be kept. */
    void store(Loads.Task<K, V> task, V value, @Nullable Duration said, long stamp, long loadNanos, Versions versions) {
        if (!policy.failover().isEmpty() && isYoung(task.found())) {
            return; // a good value has just been kept; writing one for every call would double the traffic
        }
        Duration ttl;
        try {
            ttl = rule.ttl(task.argument(), value, said, loadNanos, policy);
        } catch (RuntimeException e) {
            tally.storeFailed(task.key(), e);
            if (complained.compareAndSet(false, true)) { // once is enough, the counter goes on
                LOG.log(
                        System.Logger.Level.WARNING,
                        "cached function {0} does not store a value: its ttl or storeIf function failed with {1}",
                        shared.template(),
                        e);
            }
            return;
        }
        if (ttl != null) {
            write(task.key(), value, ttl, stamp, loadNanos, versions, claimOf(task));
        } else {
            forgetOld(task);
        }
    }

    /** Runs the write of a flight, which holds its lock. */
    void during(Flight<V> flight, Runnable write) {
        around.events().afterwards(() -> flight.store(write));
    }

    private void forgetOld(Loads.Task<K, V> task) {
        if (task.found() instanceof Lookup.Fresh<V> || task.found() instanceof Lookup.Stale<V>) {
            shared.remove(task.key()); // what is there was loaded before, and is not the value any more
        }
    }

    private boolean isYoung(Lookup<V> found) {
        return found instanceof Lookup.Fresh<V> fresh
                && around.nowMillis() - fresh.meta().createdMillis()
                        < fresh.meta().lifeMillis() / 10;
    }

    /** The versions of now; {@code null} if the store cannot tell, which is counted: then nothing is written. */
    @Nullable
    Versions versions(List<String> markers) {
        if (markers.isEmpty()) {
            return Versions.NONE;
        }
        try {
            return shelf.markers().read(markers);
        } catch (RuntimeException e) {
            tally.storeFailed(markers.get(0), e);
            return null;
        }
    }

    /**
     * Those of an entry that is kept in this process alone, as the store outside could not be asked; {@code null} if none is. One
     * with tags is not: nobody could tell whether it is still valid.
     */
    @Nullable
    Versions versionsOfCopy(List<String> markers) {
        return shelf.keepsCopies() && markers.isEmpty() ? Versions.NONE : null;
    }

    /** Writes a value the caller knows. */
    void put(String key, List<String> markers, K argument, V value) {
        put(key, argument, value, versions(markers));
    }

    /** As {@link #put(String, List, Object, Object)}, for what was known under these versions. */
    void put(String key, K argument, V value, @Nullable Versions versions) {
        Duration ttl = rule.ttl(argument, value, null, Long.MAX_VALUE, policy);
        if (ttl == null || versions == null) {
            shared.remove(key);
        } else {
            write(key, value, ttl, around.nextStamp(), 0, versions, Claim.ANY);
        }
        shared.pauses().ended(key);
    }

    /** Ends the TTL of a value and keeps it as stale. */
    void expire(String key, Flight<V> flight) {
        if (policy.stale().isZero()) {
            shared.remove(key);
            return;
        }
        Shelf.Entry<V> found = shelf.findEntry(key, flight.markers());
        if (found.lookup() instanceof Lookup.Stale<V>) {
            return;
        }
        if (!(found.lookup() instanceof Lookup.Fresh<V> fresh)) {
            shared.remove(key);
            return;
        }
        Meta old = fresh.meta();
        Meta meta = new Meta(old.stamp(), old.createdMillis(), around.nowMillis(), old.loadMicros());
        during(flight, () -> {
            try {
                // under its own versions: an invalidation since it was written makes it invalid
                boolean unused = shelf.put(
                        key, fresh.value(), meta, Duration.ZERO, policy.stale(), found.versions(), found.claim());
            } catch (RuntimeException e) {
                tally.storeFailed(key, e);
                shared.remove(key);
            }
        });
    }

    /** What a load may store over; nothing where the store outside could not be asked, so that a copy in this process is all that is kept. */
    private static Claim claimOf(Loads.Task<?, ?> task) {
        return task.decision() == Decision.LOAD_ONLY ? Claim.BLIND : task.claim();
    }

    private void write(String key, V value, Duration ttl, long stamp, long loadNanos, Versions versions, Claim claim) {
        Duration drawn = policy.draw(ttl, around.random());
        Meta meta = Meta.of(stamp, around.nowMillis(), drawn, loadNanos / NANOS_PER_MICRO);
        try {
            boolean isKept;
            if (claim == Claim.BLIND) {
                isKept = shelf.keepsCopies() && versions.isEmpty();
                if (isKept) {
                    shelf.putCopy(key, value, meta, drawn, policy.kept(drawn));
                }
            } else {
                isKept = shelf.put(key, value, meta, drawn, policy.kept(drawn), versions, claim);
            }
            if (isKept && inUse != null) {
                inUse.dated(key, meta);
            }
        } catch (RuntimeException e) {
            tally.storeFailed(key, e); // the caller has its value
        }
    }

    /** Keeps a failure in place of a value. */
    void remember(
            Loads.Task<K, V> task,
            Negative rule,
            @Nullable Duration said,
            Exception failure,
            long stamp,
            Versions versions) {
        String key = task.key();
        Duration ttl = said == null || said.compareTo(rule.ttl()) > 0 ? rule.ttl() : said;
        if (ttl.compareTo(Policy.TTL_MIN) < 0) {
            forgetOld(task);
            return;
        }
        Duration drawn = policy.draw(ttl, around.random());
        Meta meta = Meta.of(stamp, around.nowMillis(), drawn, 0);
        String message = failure.getMessage();
        if (message != null && message.length() > MESSAGE_CHARS_MAX) {
            message = message.substring(0, MESSAGE_CHARS_MAX);
        }
        try {
            Lookup.Negative<V> negative = new Lookup.Negative<>(rule.type().getName(), message, meta);
            Claim claim = claimOf(task);
            if (claim != Claim.BLIND) {
                boolean unused = shelf.putNegative(key, negative, drawn, versions, claim);
            } else if (versions.isEmpty()) {
                shelf.putNegativeCopy(key, negative, drawn);
            }
        } catch (RuntimeException e) {
            tally.storeFailed(key, e);
        }
    }
}
