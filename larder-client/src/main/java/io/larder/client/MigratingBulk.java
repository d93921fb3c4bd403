package io.larder.client;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One call on many keys of a {@link Migration}, whose parts share its deadline. Used once, by one thread. */
final class MigratingBulk<V> {
    private final MigratingClient client;
    private final KeyCalls<V> now;
    private final KeyCalls<V> old;
    private final ViewSettings settings;
    private final Copying<V> copying;
    private final MigrationStage stage;
    private final Deadline deadline;

    MigratingBulk(MigratingClient client, KeyCalls<V> now, KeyCalls<V> old, ViewSettings settings, Copying<V> copying) {
        this.client = client;
        this.now = now;
        this.old = old;
        this.settings = settings;
        this.copying = copying;
        this.stage = client.stage();
        this.deadline = now.cluster().deadline(settings.bulkTimeout());
    }

    private TypedView<V> first() {
        return new TypedView<>(stage.newFirst() ? now : old, settings.inside(deadline));
    }

    BulkRead<V> getAll(Collection<String> keys) {
        BulkRead<V> read = first().getAll(keys);
        int found = read.found().size();
        if (!stage.asksOld()) {
            int asked = found + read.missed().size() + read.failed().size();
            client.counters().read(asked, stage.newFirst() ? found : 0, stage.newFirst() ? 0 : found);
            if (stage == MigrationStage.MIRROR) {
                copying.copySoon(read.found().keySet());
            }
            return read;
        }
        Set<String> wanted = new LinkedHashSet<>(read.missed());
        wanted.addAll(read.failed().keySet());
        Map<String, StoredItem> items = wanted.isEmpty() ? Map.of() : copying.findAll(wanted, deadline);
        client.counters().read(found + wanted.size(), found, items.size());
        if (items.isEmpty()) {
            return read;
        }
        copying.addSoon(items, read.missed());
        return copying.merged(keys, read, items);
    }

    /** What only the old cluster has goes to the new one with its new TTL. */
    BulkRead<V> getAllAndTouch(Collection<String> keys, Duration ttl) {
        BulkRead<V> read = first().getAllAndTouch(keys, ttl);
        Map<String, StoredItem> items =
                stage.asksOld() && !read.missed().isEmpty() ? copying.findAll(read.missed(), deadline) : Map.of();
        items.forEach((key, item) -> copying.add(key, new StoredItem(item.form(), ttl, item.cas()), deadline));
        return items.isEmpty() ? read : copying.merged(keys, read, items);
    }

    BulkWrite setAll(Map<String, V> values, Duration ttl) {
        BulkWrite written = first().setAll(values, ttl);
        copying.echo(stage, values, ttl, deadline);
        return written;
    }

    BulkDelete deleteAll(Collection<String> keys) {
        if (!stage.touchesBoth()) {
            return first().deleteAll(keys);
        }
        BulkDelete inOld = new TypedView<>(old, settings.inside(deadline)).deleteAll(keys);
        BulkDelete inNew = new TypedView<>(now, settings.inside(deadline)).deleteAll(keys);
        Map<String, MemcachedException> failed = new LinkedHashMap<>(inOld.failed());
        failed.putAll(inNew.failed());
        Set<String> deleted = new LinkedHashSet<>();
        Set<String> missed = new LinkedHashSet<>();
        for (String key : new LinkedHashSet<>(keys)) {
            if (!failed.containsKey(key)) {
                boolean was = inOld.deleted().contains(key) || inNew.deleted().contains(key);
                (was ? deleted : missed).add(key);
            }
        }
        return new BulkDelete(deleted, missed, failed);
    }
}
