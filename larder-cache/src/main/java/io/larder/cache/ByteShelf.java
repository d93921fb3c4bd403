package io.larder.cache;

import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The shelf over a store of bytes: values go in envelopes, which the wall clock dates. An entry and the versions of
 * its tags are read by one request.
 */
final class ByteShelf<V extends @Nullable Object> implements Shelf<V> {
    private static final String TURN = Markers.SIGN + "turn:";
    private static final int KEY_CHARS_MAX = 200; // of a store, see spi.Store
    private static final int HASH_CHARS = 8;

    private final Lookup<V> absent = new Lookup.Absent<>();
    private final Entry<V> nothing = without(absent);
    private final ByteStore store;
    private final Detector.Level level; // where the store is
    private final @Nullable Leases leases;
    private final Envelope envelope;
    private final ByteMarkers markers;
    private final LongSupplier distrusted;
    private final Surroundings around;
    private final Counters counters;

    /**
     * A shelf.
     *
     * @param distrusted entries made until then, in milliseconds since 1970, are not served
     */
    ByteShelf(
            ByteStore store,
            Envelope envelope,
            ByteMarkers markers,
            LongSupplier distrusted,
            Surroundings around,
            Counters counters) {
        this.store = store;
        this.level = store instanceof MemoryByteStore ? Detector.Level.PROCESS : Detector.Level.STORE;
        this.leases = around.isFencing() && store.capabilities().contains(Capability.LEASES) ? store.leases() : null;
        this.envelope = envelope;
        this.markers = markers;
        this.distrusted = distrusted;
        this.around = around;
        this.counters = counters;
    }

    @Override
    public boolean isHere() {
        return level == Detector.Level.PROCESS;
    }

    @Override
    public Lookup<V> glance(String key, List<String> tags) {
        return isHere() ? find(key, tags) : absent;
    }

    @Override
    public Lookup<V> find(String key, List<String> tags) {
        return findEntry(key, tags).lookup();
    }

    @Override
    public Map<String, Lookup<V>> findAll(Map<String, List<String>> keys) {
        Map<String, Lookup<V>> lookups = new HashMap<>();
        findEntries(keys).forEach((key, entry) -> lookups.put(key, entry.lookup()));
        return lookups;
    }

    @Override
    public Entry<V> findEntry(String key, List<String> tags) {
        return leases == null ? plain(key, tags) : claim(leases, key, tags, Duration.ZERO);
    }

    private Entry<V> plain(String key, List<String> tags) {
        if (!tags.isEmpty()) {
            return Objects.requireNonNull(findEntries(Map.of(key, tags)).get(key));
        }
        byte[] bytes;
        try {
            bytes = store.find(key);
        } catch (RuntimeException e) {
            return without(new Lookup.Unavailable<>(e));
        }
        return bytes == null ? nothing : open(key, bytes, tags, null);
    }

    @Override
    public Entry<V> claim(String key, List<String> tags, Duration lease) {
        if (leases == null || lease.isZero()) {
            return plain(key, tags);
        }
        Entry<V> first = claim(leases, key, tags, lease);
        if (!first.claim().isDeadWeight(first.lookup())) {
            return first;
        }
        try {
            first.claim().giveBack(); // of no use to anybody; while it is there, the store gives no lease
        } catch (RuntimeException e) {
            return blind(e);
        }
        return claim(leases, key, tags, lease);
    }

    private Entry<V> claim(Leases from, String key, List<String> tags, Duration lease) {
        if (!tags.isEmpty()) {
            return Objects.requireNonNull(
                    claimAll(from, Map.of(key, tags), lease).get(key));
        }
        Leased leased;
        try {
            leased = from.find(key, lease);
        } catch (RuntimeException e) {
            return blind(e);
        }
        return entry(from, key, tags, leased, null);
    }

    @Override
    public boolean compares() {
        return leases != null;
    }

    @Override
    public Claim turn(String key, Duration lease) {
        if (leases == null || lease.isZero()) {
            return Claim.ANY;
        }
        String turn = TURN + key;
        if (turn.length() > KEY_CHARS_MAX) { // two keys that share a turn may both do without a load for once
            turn = turn.substring(0, KEY_CHARS_MAX - HASH_CHARS) + "%08x".formatted(key.hashCode());
        }
        try {
            Leased leased = leases.find(turn, lease);
            if (leased instanceof Leased.Granted granted) {
                return Claim.lease(leases, turn, granted.token());
            }
            return leased instanceof Leased.Promised promised
                    ? Claim.promised(leases, turn, promised.token())
                    : Claim.ANY;
        } catch (RuntimeException e) {
            return Claim.ANY;
        }
    }

    @Override
    public Map<String, Entry<V>> claimAll(Map<String, List<String>> keys, Duration lease) {
        return leases == null || lease.isZero() ? findEntries(keys) : claimAll(leases, keys, lease);
    }

    private Map<String, Entry<V>> claimAll(Leases from, Map<String, List<String>> keys, Duration lease) {
        Set<String> tags = new LinkedHashSet<>();
        keys.values().forEach(tags::addAll);
        Leases.Answer answer;
        try {
            answer = from.findAll(keys.keySet(), tags, lease);
        } catch (RuntimeException e) { // for all of them, then
            answer = new Leases.Answer(Map.of(), failed(keys.keySet(), e));
        }
        Found<byte[]> others = answer.others();
        Map<String, Leased> found = answer.keys();
        Map<String, Entry<V>> entries = new HashMap<>();
        keys.forEach((key, own) -> {
            RuntimeException failure = failureOf(key, own, others);
            entries.put(
                    key,
                    failure == null
                            ? entry(from, key, own, found.getOrDefault(key, Leased.NOTHING), others)
                            : blind(from, key, found.get(key), failure));
        });
        return entries;
    }

    private Entry<V> entry(Leases from, String key, List<String> tags, Leased leased, @Nullable Found<byte[]> others) {
        if (leased instanceof Leased.Value value) {
            Entry<V> opened = open(key, value.bytes(), tags, others);
            boolean isBlind = opened.lookup() instanceof Lookup.Unavailable<V>; // its tags cannot be checked
            Claim claim = isBlind ? Claim.BLIND : Claim.seen(from, key, value.token());
            if (!isBlind && value.token() == Leased.INCOMPARABLE) {
                claim = Claim.ANY;
            }
            return new Entry<>(opened.lookup(), opened.versions(), claim);
        }
        if (leased instanceof Leased.Granted granted) {
            return new Entry<>(absent, Versions.NONE, Claim.lease(from, key, granted.token()));
        }
        return leased instanceof Leased.Promised promised
                ? new Entry<>(absent, Versions.NONE, Claim.promised(from, key, promised.token()))
                : nothing;
    }

    Map<String, Entry<V>> findEntries(Map<String, List<String>> keys) {
        Set<String> asked = new LinkedHashSet<>(keys.keySet());
        keys.values().forEach(asked::addAll);
        Found<byte[]> found = ask(asked);
        Map<String, Entry<V>> entries = new HashMap<>();
        keys.forEach((key, tags) -> entries.put(key, one(key, tags, found)));
        return entries;
    }

    private Found<byte[]> ask(Collection<String> keys) {
        try {
            return store.findAll(keys);
        } catch (RuntimeException e) { // for all of them, then
            return failed(keys, e);
        }
    }

    private static Found<byte[]> failed(Collection<String> keys, RuntimeException failure) {
        Map<String, RuntimeException> failures = new HashMap<>();
        keys.forEach(key -> failures.put(key, failure));
        return new Found<>(Map.of(), failures);
    }

    /** Why an entry cannot be judged: one whose tags cannot be checked is as good as none. */
    private static @Nullable RuntimeException failureOf(String key, List<String> tags, Found<byte[]> found) {
        RuntimeException failure = found.failures().get(key);
        for (int i = 0; i < tags.size() && failure == null; i++) {
            failure = found.failures().get(tags.get(i));
        }
        return failure;
    }

    private Entry<V> one(String key, List<String> tags, Found<byte[]> found) {
        RuntimeException failure = failureOf(key, tags, found);
        if (failure != null) {
            return without(new Lookup.Unavailable<>(failure));
        }
        byte[] bytes = found.values().get(key);
        return bytes == null ? nothing : open(key, bytes, tags, found);
    }

    @Override
    public List<Inspection<V>> inspect(String key, List<String> tags) {
        byte[] bytes;
        try {
            bytes = GuardedStore.quiet(store).find(key);
        } catch (RuntimeException e) {
            return List.of(Inspection.unavailable(level, e));
        }
        Envelope.Contents contents = bytes == null ? null : envelope.unwrap(key, bytes);
        if (contents == null) {
            return List.of(
                    bytes == null
                            ? Inspection.without(level, Explanation.State.ABSENT, absent, "")
                            : Inspection.without(
                                    level,
                                    Explanation.State.UNREADABLE,
                                    absent,
                                    bytes.length + " bytes that are foreign, damaged or of another shape"));
        }
        Meta meta = contents.head().meta();
        if (meta.createdMillis() <= distrusted.getAsLong()) {
            return List.of(Inspection.without(
                    level,
                    Explanation.State.ABSENT,
                    absent,
                    "too old to be trusted after an outage with too many invalidations"));
        }
        return List.of(Inspection.of(
                level, opened(contents, around.nowMillis()), contents.head().versions(), tags, markers));
    }

    private Entry<V> open(String key, byte[] bytes, List<String> tags, @Nullable Found<byte[]> found) {
        if (bytes.length == 0) {
            return nothing; // what a lease leaves, on a node that does not tell
        }
        Envelope.Contents contents = envelope.unwrap(key, bytes);
        if (contents == null) {
            counters.unreadable.increment();
            return nothing;
        }
        Meta meta = contents.head().meta();
        Versions versions = contents.head().versions();
        long now = around.nowMillis();
        if (!versions.covers(tags)
                || meta.createdMillis() <= distrusted.getAsLong()
                || now >= contents.head().keptUntilMillis()) { // before anything is asked about its tags
            return nothing;
        }
        try {
            if (!isCurrent(versions, tags, found)) {
                return nothing;
            }
        } catch (RuntimeException e) {
            return without(new Lookup.Unavailable<>(e));
        }
        Lookup<V> opened = opened(contents, now);
        return opened instanceof Lookup.Absent<V> ? nothing : new Entry<>(opened, versions);
    }

    private Lookup<V> opened(Envelope.Contents contents, long nowMillis) {
        Meta meta = contents.head().meta();
        if (nowMillis >= contents.head().keptUntilMillis()) { // stores may round TTLs up, or have none
            return absent;
        }
        boolean fresh = nowMillis < meta.freshUntilMillis();
        Envelope.Failure failure = contents.failure();
        if (failure != null) {
            return fresh ? new Lookup.Negative<>(failure.type(), failure.message(), meta) : absent;
        }
        V value = Nulls.cast(contents.value());
        return fresh ? new Lookup.Fresh<>(value, meta) : new Lookup.Stale<>(value, meta);
    }

    /** Without use for a lease that may have been given all the same. */
    private static <V extends @Nullable Object> Entry<V> blind(
            Leases from, String key, @Nullable Leased leased, RuntimeException failure) {
        if (leased instanceof Leased.Granted granted) {
            Claim.lease(from, key, granted.token()).release();
        }
        return blind(failure);
    }

    private static <V extends @Nullable Object> Entry<V> blind(RuntimeException failure) {
        return new Entry<>(new Lookup.Unavailable<>(failure), Versions.NONE, Claim.BLIND);
    }

    private static <V extends @Nullable Object> Entry<V> without(Lookup<V> lookup) {
        return new Entry<>(lookup, Versions.NONE);
    }

    /** Whether the versions are those of now; markers that were not read with the entry are asked for. */
    private boolean isCurrent(Versions versions, List<String> read, @Nullable Found<byte[]> found) {
        if (versions.isEmpty()) {
            return true;
        }
        return (found != null && read.size() == versions.markers().size())
                ? markers.areCurrent(versions, found)
                : markers.areCurrent(versions);
    }

    @Override
    public boolean put(String key, V value, Meta meta, Duration ttl, Duration kept, Versions versions, Claim claim) {
        return put(key, envelope.wrap(key, value, head(meta, kept, versions)), meta, kept, claim);
    }

    private boolean put(String key, byte[] bytes, Meta meta, Duration kept, Claim claim) {
        if (!claim.isAny()) {
            return claim.put(bytes, kept) || (claim.insists() && putOverOlder(key, bytes, meta, kept));
        }
        store.put(key, bytes, kept);
        return true;
    }

    /** Replaces what was put since, unless it is of a later load. What was removed since stays removed. */
    private boolean putOverOlder(String key, byte[] bytes, Meta meta, Duration kept) {
        Leases from = Objects.requireNonNull(leases);
        if (!(from.find(key, Duration.ZERO) instanceof Leased.Value now)) {
            return false;
        }
        Envelope.Contents contents = envelope.unwrap(key, now.bytes());
        boolean isOlder = contents == null || contents.head().meta().stamp() < meta.stamp();
        return isOlder && from.put(key, bytes, now.token(), kept);
    }

    @Override
    public boolean putNegative(String key, Lookup.Negative<V> negative, Duration ttl, Versions versions, Claim claim) {
        Envelope.Failure failure = new Envelope.Failure(negative.type(), negative.message());
        byte[] bytes = envelope.wrapFailure(key, failure, head(negative.meta(), ttl, versions));
        return put(key, bytes, negative.meta(), ttl, claim);
    }

    private Envelope.Head head(Meta meta, Duration kept, Versions versions) {
        long until = kept.equals(Policy.FOREVER) ? Long.MAX_VALUE : around.nowMillis() + Meta.millisUp(kept);
        return new Envelope.Head(meta, until, versions);
    }

    @Override
    public void remove(String key) {
        store.remove(key);
    }

    @Override
    public Markers markers() {
        return markers;
    }
}
