package io.larder.client;

import io.larder.protocol.MetaRequestEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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
        List<String> distinct = distinct(keys);
        List<Chunk> places = new ArrayList<>(distinct.size());
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
            chunk.add(wireKey);
            places.add(chunk);
        }
        for (Chunk chunk : chunks) {
            NodeLink link = chunk.lane().link();
            ItemsExchange items = new ItemsExchange(operation, chunk.keys(), exptime.applyAsLong(link));
            chunk.ask(share(chunk.lane(), operation).add(items));
        }
        run();
        return collect(distinct, places);
    }

    /** The keys in the order they came, each once. */
    private static List<String> distinct(Collection<String> keys) {
        List<String> distinct = new ArrayList<>(keys.size());
        Set<String> seen = new HashSet<>(2 * keys.size());
        for (String key : keys) {
            if (seen.add(key)) {
                distinct.add(key);
            }
        }
        return distinct;
    }

    /**
     * Tells the outcome of each key.
     *
     * @param places the chunk of each key; each has its keys in the order of all
     */
    private BulkRead<V> collect(List<String> keys, List<Chunk> places) {
        Map<String, V> found = new HandedMap<>(keys.size());
        Set<String> missed = new LinkedHashSet<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            Chunk chunk = places.get(i);
            int at = chunk.next();
            NodeLink link = chunk.lane().link();
            try {
                ItemsExchange items = chunk.job().outcome(key);
                ValueForm<V> form = calls.form(key);
                if (items.isFound(at)) {
                    link.largeKeys().note(chunk.keys().get(at), items.data(at).length);
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
        }
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

    /** Keys of one node that are asked for in one request. */
    private static final class Chunk {
        /** A line ends before these limits: nodes before 1.6.13 stumble over longer ones. */
        private static final int KEYS_MAX = 100;

        private static final int BYTES_MAX = 2000;

        private final Lane lane;
        private final List<byte[]> keys = new ArrayList<>();
        private int bytes;
        private NodeShare.@Nullable Job<ItemsExchange> job;
        private int next;

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

        void add(byte[] key) {
            keys.add(key);
            bytes += 1 + key.length;
        }

        /** Takes the request that asks for its keys. */
        void ask(NodeShare.Job<ItemsExchange> request) {
            job = request;
        }

        NodeShare.Job<ItemsExchange> job() {
            return Objects.requireNonNull(job);
        }

        /** The indexes of its keys, one after the other. */
        int next() {
            return next++;
        }
    }
}
