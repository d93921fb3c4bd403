package io.larder.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a migration does on the side that does not decide. Its failures are counted, and fail nothing.
 *
 * <p>A copy must not bring back what is deleted meanwhile. Deletes go to the old cluster first, then to the new one, and a copy
 * looks at the old item again once it is added: either the delete came before that look, which then removes the copy, or its
 * second half comes after the copy, and removes it. What has been written over the copy meanwhile stays.
 */
final class Copying<V> {
    private final MigratingClient client;
    private final KeyCalls<V> now;
    private final KeyCalls<V> old;
    private final KeyCalls<Encoded> nowItems;
    private final KeyCalls<Encoded> oldItems;
    private final ViewSettings settings;

    Copying(MigratingClient client, KeyCalls<V> now, KeyCalls<V> old, ViewSettings settings) {
        this.client = client;
        this.now = now;
        this.old = old;
        this.nowItems = now.as(StoredItem.CODEC);
        this.oldItems = old.as(StoredItem.CODEC);
        this.settings = settings;
    }

    /** The item of the old cluster; null if it has none, or failed. */
    @Nullable
    StoredItem find(String key, Deadline deadline) {
        try {
            return KeyCalls.copy(oldItems, key, MigratingClient.TTL_UNLESS_TOLD).run(left(deadline));
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            client.counters().oldFailed.increment();
            return null;
        }
    }

    /** The items the old cluster has. */
    Map<String, StoredItem> findAll(Set<String> keys, Deadline deadline) {
        return BulkCalls.copyAll(oldItems, keys, MigratingClient.TTL_UNLESS_TOLD, left(deadline));
    }

    /** The value of an item of the old cluster. */
    V value(String key, StoredItem item) {
        Node node = old.link(key, old.wireKey(key)).node();
        return old.form(key)
                .decode(node, key, item.form().flags(), item.form().data().clone());
    }

    /** Whether the new cluster has nothing under a key, not even what is stale. */
    boolean isMissing(String key, Deadline deadline) {
        LookupCall<V> call = now.lookup(key, Reading.PLAIN);
        try {
            return call.run(left(deadline)) instanceof Lookup.Absent<V> && !call.hasItem();
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) { // it cannot be read, or its node is down: no copy would help
            return false;
        }
    }

    /** Copies in the background what was read from the old cluster, of these keys those whose turn it is. */
    void copySoon(Collection<String> keys) {
        List<String> copied = keys.stream().filter(client::takesCopy).toList();
        if (!copied.isEmpty() && !client.copySoon(() -> copied.forEach(this::copy))) {
            copied.forEach(client::lostCopy); // the next read tries again
        }
    }

    /** Adds in the background those items that the new cluster has missed. */
    void addSoon(Map<String, StoredItem> items, Set<String> missed) {
        Map<String, StoredItem> added = new LinkedHashMap<>(items);
        added.keySet().retainAll(missed);
        if (!added.isEmpty()) { // what finds no room is missed, and added, at the next read
            boolean unused = client.copySoon(() -> added.forEach((key, item) -> add(key, item, bulkDeadline())));
        }
    }

    private Deadline bulkDeadline() {
        return now.cluster().deadline(settings.bulkTimeout());
    }

    private void copy(String key) {
        if (!copy(key, bulkDeadline())) {
            client.lostCopy(key);
        }
    }

    /** Copies an item of the old cluster, if it has one, and the new one has none; false unless the new one has an item then. */
    boolean copy(String key, Deadline deadline) {
        StoredItem item = find(key, deadline);
        return item != null && add(key, item, deadline);
    }

    /** Adds an item of the old cluster to the new one; false unless the new one has an item then. */
    boolean add(String key, StoredItem item, Deadline deadline) {
        try {
            StoreCall add = nowItems.store(StoreCall.Kind.ADD, "copy", key, item.form(), now.exptime(item.ttl()));
            StoreResult added = add == null ? StoreResult.TOO_LARGE : add.run(left(deadline));
            if (added != StoreResult.STORED) {
                return added == StoreResult.NOT_STORED; // there already
            }
            StoredItem still = find(key, deadline);
            if (still == null || still.cas() != item.cas()) {
                takeBack(key, item, deadline);
                return false;
            }
            client.counters().copied.increment();
            return true;
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            now.linkToChange(key, now.wireKey(key)).forget(now.wireKey(key)); // it may have been added
            return false;
        }
    }

    /** Removes a copy that is outdated, but not what was written over it meanwhile. */
    private void takeBack(String key, StoredItem copied, Deadline deadline) {
        StoredItem there =
                KeyCalls.copy(nowItems, key, MigratingClient.TTL_UNLESS_TOLD).run(left(deadline));
        if (there == null
                || there.form().flags() != copied.form().flags()
                || !Arrays.equals(there.form().data(), copied.form().data())) {
            return;
        }
        boolean unused = now.delete(key, there.cas()).run(left(deadline));
    }

    /** What was read from the new cluster, with items of the old one where it had none. */
    BulkRead<V> merged(Collection<String> keys, BulkRead<V> read, Map<String, StoredItem> items) {
        Map<String, V> found = new LinkedHashMap<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>(read.failed());
        Set<String> missed = new LinkedHashSet<>(read.missed());
        for (String key : new LinkedHashSet<>(keys)) {
            V value = read.found().get(key);
            StoredItem item = items.get(key);
            if (value != null) {
                found.put(key, value);
            } else if (item != null) {
                missed.remove(key);
                try {
                    found.put(key, value(key, item));
                    failed.remove(key);
                } catch (UnreadableValueException e) {
                    failed.put(key, e);
                }
            }
        }
        return new BulkRead<>(found, missed, failed);
    }

    /** Writes to the side that does not decide. */
    void mirror(MigrationStage stage, String key, V value, Duration ttl, Deadline deadline) {
        KeyCalls<V> other = stage.newFirst() ? old : now;
        client.counters().mirrored.increment();
        try {
            StoreCall set = other.store(StoreCall.Kind.SET, "mirror", key, value, other.exptime(ttl));
            if (set == null || set.run(left(deadline)) != StoreResult.STORED) {
                other.delete(key).run(left(deadline));
            }
        } catch (MemcachedException e) {
            client.counters().mirrorsFailed.increment();
            byte[] wireKey = other.wireKey(key);
            other.linkToChange(key, wireKey).forget(wireKey);
            throwIfInterrupted(e);
        }
    }

    /** Deletes from the side that does not decide. */
    void forget(MigrationStage stage, String key, Deadline deadline) {
        if (!stage.touchesBoth()) {
            return;
        }
        client.counters().mirrored.increment();
        client.lostCopy(key);
        try {
            (stage.newFirst() ? old : now).delete(key).run(left(deadline));
        } catch (MemcachedException e) {
            client.counters().mirrorsFailed.increment(); // the link remembers the key
            throwIfInterrupted(e);
        }
    }

    /** The echo of a bulk write. */
    void echo(MigrationStage stage, Map<String, V> values, Duration ttl, Deadline deadline) {
        if (!stage.touchesBoth()) {
            return;
        }
        TypedView<V> other = new TypedView<>(stage.newFirst() ? old : now, settings.inside(left(deadline)));
        client.counters().mirrored.add(values.size());
        if (!stage.mirrors()) {
            client.counters()
                    .mirrorsFailed
                    .add(other.deleteAll(values.keySet()).failed().size());
            return;
        }
        BulkWrite written = other.setAll(values, ttl);
        Collection<String> outdated = values.keySet().stream()
                .filter(key -> written.results().get(key) != StoreResult.STORED)
                .toList();
        client.counters().mirrorsFailed.add(outdated.size());
        if (!outdated.isEmpty()) {
            BulkDelete unused = other.deleteAll(outdated); // what fails is remembered by the links
        }
    }

    /** A part of a call has what is left of its deadline. */
    private Deadline left(Deadline deadline) {
        return Deadline.in(
                Math.max(1, deadline.leftNanos()), now.cluster().config().ticker());
    }

    private static void throwIfInterrupted(MemcachedException failure) {
        if (failure instanceof InterruptedCallException) {
            throw failure;
        }
    }
}
