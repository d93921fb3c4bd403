package io.larder.client;

import io.larder.protocol.MetaRequestEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One call on many keys: everything is checked, then shared out to the shares of the nodes, run, and told apart key by key.
 * Used once, by one thread.
 */
final class BulkCalls<V> {
    private final KeyCalls<V> calls;
    private final Deadline deadline;
    private final Map<Lane, NodeShare> shares = new HashMap<>();

    BulkCalls(KeyCalls<V> calls, Deadline deadline) {
        this.calls = calls;
        this.deadline = deadline;
    }

    BulkRead<V> getAll(Collection<String> keys) {
        return read(keys, "getAll", link -> MetaRequestEncoder.NONE);
    }

    BulkRead<V> getAllAndTouch(Collection<String> keys, long exptime) {
        return read(keys, "getAllAndTouch", link -> link.exptime(exptime));
    }

    private BulkRead<V> read(Collection<String> keys, String operation, ToLongFunction<NodeLink> exptime) {
        Map<Lane, Chunk> filling = new HashMap<>();
        List<Chunk> chunks = new ArrayList<>();
        Map<String, Place> places = new LinkedHashMap<>();
        Set<String> distinct = new LinkedHashSet<>(keys);
        boolean many = distinct.size() > calls.cluster().config().limits().largeKeys();
        for (String key : distinct) {
            byte[] wireKey = calls.wireKey(key);
            NodeLink link = calls.link(key, wireKey);
            Lane lane = link.lane(many || link.largeKeys().contains(wireKey));
            Chunk chunk = filling.get(lane);
            if (chunk == null || !chunk.hasRoom(wireKey)) {
                chunk = new Chunk(lane);
                chunks.add(chunk);
                filling.put(lane, chunk);
            }
            places.put(key, new Place(chunk, chunk.add(wireKey)));
        }
        Map<Chunk, NodeShare.Job<ItemsExchange>> jobs = new HashMap<>();
        for (Chunk chunk : chunks) {
            NodeLink link = chunk.lane().link();
            ItemsExchange items = new ItemsExchange(operation, chunk.keys(), exptime.applyAsLong(link));
            jobs.put(chunk, share(chunk.lane(), operation).add(items));
        }
        run();
        return collect(places, jobs);
    }

    private BulkRead<V> collect(Map<String, Place> places, Map<Chunk, NodeShare.Job<ItemsExchange>> jobs) {
        Map<String, V> found = new LinkedHashMap<>();
        Set<String> missed = new LinkedHashSet<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        places.forEach((key, place) -> {
            NodeShare.Job<ItemsExchange> job = Objects.requireNonNull(jobs.get(place.chunk()));
            NodeLink link = place.chunk().lane().link();
            try {
                ItemsExchange items = job.outcome(key);
                int at = place.index();
                ValueForm<V> form = calls.form(key);
                if (items.isFound(at)) {
                    link.largeKeys().note(place.chunk().keys().get(at), items.data(at).length);
                }
                byte[] data = items.isFound(at) ? form.ours(items.data(at)) : null;
                if (data != null) {
                    found.put(key, form.decode(link.node(), key, items.flags(at), data));
                } else {
                    missed.add(key);
                }
            } catch (MemcachedException e) {
                failed.put(key, e);
            }
        });
        return new BulkRead<>(found, missed, failed);
    }

    /** Items as they are stored; for views of {@link StoredItem#CODEC}. Keys that are not there or failed are left out. */
    static Map<String, StoredItem> copyAll(
            KeyCalls<Encoded> calls, Collection<String> keys, Duration ttlUnlessTold, Deadline deadline) {
        BulkCalls<Encoded> bulk = new BulkCalls<>(calls, deadline);
        Map<String, NodeShare.Job<CopyCall>> jobs = new LinkedHashMap<>();
        for (String key : keys) {
            CopyCall call = KeyCalls.copy(calls, key, ttlUnlessTold);
            jobs.put(key, bulk.share(call.link().lane(call), "copy").add(call));
        }
        bulk.run();
        Map<String, StoredItem> found = new LinkedHashMap<>();
        jobs.forEach((key, job) -> {
            StoredItem item = job.failure() == null && job.exchange().refusal() == null
                    ? job.exchange().result()
                    : null;
            if (item != null) {
                found.put(key, item);
            }
        });
        return found;
    }

    BulkWrite setAll(Map<String, V> values, long exptime) {
        Map<String, NodeShare.@Nullable Job<StoreCall>> jobs = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            byte[] wireKey = calls.wireKey(key);
            Encoded encoded = calls.form(key).encode(value);
            if (encoded == null) {
                jobs.put(key, null);
            } else {
                NodeLink link = calls.linkToChange(key, wireKey);
                StoreCall call = StoreCall.of(StoreCall.Kind.SET, "setAll", link, key, wireKey, encoded, exptime);
                jobs.put(key, share(link.lane(call), "setAll").add(call));
            }
        });
        run();
        Map<String, StoreResult> results = new LinkedHashMap<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        jobs.forEach((key, job) -> {
            if (job == null) {
                results.put(key, StoreResult.TOO_LARGE);
            } else if (job.failure() != null) {
                failed.put(key, job.failure());
            } else {
                results.put(key, job.exchange().result());
            }
        });
        return new BulkWrite(results, failed);
    }

    BulkDelete deleteAll(Collection<String> keys) {
        Map<String, NodeShare.Job<TestCall.Delete>> jobs = new LinkedHashMap<>();
        for (String key : new LinkedHashSet<>(keys)) {
            byte[] wireKey = calls.wireKey(key);
            NodeLink link = calls.linkToChange(key, wireKey);
            TestCall.Delete call = new TestCall.Delete("deleteAll", link, key, wireKey);
            jobs.put(key, share(link.lane(call), "deleteAll").add(call));
        }
        run();
        Set<String> deleted = new LinkedHashSet<>();
        Set<String> missed = new LinkedHashSet<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        jobs.forEach((key, job) -> {
            try {
                boolean was = job.outcome(key).result();
                (was ? deleted : missed).add(key);
            } catch (MemcachedException e) {
                failed.put(key, e);
            }
        });
        return new BulkDelete(deleted, missed, failed);
    }

    private NodeShare share(Lane lane, String operation) {
        return shares.computeIfAbsent(lane, to -> new NodeShare(to, operation, deadline));
    }

    private void run() {
        Fanout.run(shares.values(), deadline, calls.cluster().config());
    }

    /** Where a key is asked for: the chunk, and the index in it. */
    private record Place(Chunk chunk, int index) {}

    /** Keys of one node that are asked for in one request. */
    private static final class Chunk {
        /** A line ends before these limits: nodes before 1.6.13 stumble over longer ones. */
        private static final int KEYS_MAX = 100;

        private static final int BYTES_MAX = 2000;

        private final Lane lane;
        private final List<byte[]> keys = new ArrayList<>();
        private int bytes;

        Chunk(Lane lane) {
            this.lane = lane;
        }

        Lane lane() {
            return lane;
        }

        List<byte[]> keys() {
            return keys;
        }

        boolean hasRoom(byte[] key) {
            return keys.size() < KEYS_MAX && bytes + 1 + key.length <= BYTES_MAX;
        }

        /** Adds a key and returns its index. */
        int add(byte[] key) {
            keys.add(key);
            bytes += 1 + key.length;
            return keys.size() - 1;
        }
    }
}
