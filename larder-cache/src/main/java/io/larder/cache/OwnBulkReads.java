package io.larder.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers gets of many arguments inside a transaction, as {@link OwnReads} does for one: the store is asked once for all, a bulk
 * loader for a chunk at a time. Thread-safe.
 */
final class OwnBulkReads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Lookup<V> absent = new Lookup.Absent<>();
    private final Definition<V> shared;
    private final OwnReads<K, V> own;
    private final Definitions.Plan<K, V> plan;
    private final Surroundings around;

    OwnBulkReads(Definition<V> shared, OwnReads<K, V> own, Definitions.Plan<K, V> plan, Surroundings around) {
        this.shared = shared;
        this.own = own;
        this.plan = plan;
        this.around = around;
    }

    /** The state of one call. Confined to it. */
    private final class Call {
        final Uncommitted open;
        final Map<String, V> values = new HashMap<>();
        final List<OwnReads.Missing<K, V>> missing = new ArrayList<>();

        @Nullable
        Exception failure;

        Call(Uncommitted open) {
            this.open = open;
        }

        void failed(Exception e) {
            if (failure == null) {
                failure = e;
            } else if (failure != e) {
                failure.addSuppressed(e);
            }
        }
    }

    Map<K, V> getAll(Uncommitted open, Collection<? extends K> arguments) throws Exception {
        Map<K, String> keys = new LinkedHashMap<>();
        Map<String, K> asked = new LinkedHashMap<>();
        Call call = new Call(open);
        for (K argument : arguments) {
            String key = plan.keys().render(argument);
            if (keys.putIfAbsent(argument, key) == null && !asked.containsKey(key)) {
                OwnReads.Answer<V> answer = own.own(open, key, argument);
                if (answer == null) {
                    asked.put(key, argument);
                } else {
                    call.values.put(key, answer.value());
                }
            }
        }
        look(call, asked);
        load(call);
        if (call.failure != null) {
            throw call.failure;
        }
        Map<K, V> result = new LinkedHashMap<>();
        keys.forEach((argument, key) -> result.put(argument, Nulls.cast(call.values.get(key))));
        return result;
    }

    /** Serves what the store holds, and leaves the rest to be loaded. */
    private void look(Call call, Map<String, K> asked) {
        Map<String, List<String>> untouched = new LinkedHashMap<>();
        Map<String, Lookup<V>> found = new HashMap<>();
        asked.forEach((key, argument) -> {
            List<String> markers = plan.tags().markers(argument);
            if (call.open.hasMarkers()) { // seldom, so one by one is good enough
                Lookup<V> seen = own.look(call.open, key, markers);
                if (seen != null) {
                    found.put(key, seen);
                }
            } else if (!call.open.hides(own.place(key), markers)) {
                untouched.put(key, markers);
            }
        });
        if (!untouched.isEmpty()) {
            found.putAll(shared.shelf().findAll(untouched));
            untouched.keySet().forEach(key -> found.putIfAbsent(key, absent));
        }
        asked.forEach((key, argument) -> {
            List<String> markers = plan.tags().markers(argument);
            Lookup<V> seen = found.get(key);
            Decision decision = own.decide(key, seen);
            if (decision.loads()) {
                call.missing.add(own.missing(call.open, key, markers, argument, seen, decision));
                return;
            }
            try {
                call.values.put(key, own.serve(decision, key, markers, argument, seen));
            } catch (Exception e) {
                call.failed(e);
            }
        });
    }

    private void load(Call call) {
        Bulk<K, V> bulk = plan.bulk();
        if (bulk == null) {
            for (OwnReads.Missing<K, V> one : call.missing) {
                try {
                    call.values.put(one.task().key(), own.load(one));
                } catch (Exception e) {
                    call.failed(e);
                }
            }
            return;
        }
        for (List<OwnReads.Missing<K, V>> chunk : bulk.chunks(call.missing)) {
            loadChunk(call, bulk, chunk);
        }
    }

    private void loadChunk(Call call, Bulk<K, V> bulk, List<OwnReads.Missing<K, V>> chunk) {
        List<K> arguments = new ArrayList<>();
        Map<K, LoadContext<V>> contexts = new HashMap<>();
        for (OwnReads.Missing<K, V> one : chunk) {
            arguments.add(one.task().argument());
            contexts.put(one.task().argument(), one.context());
        }
        Map<K, V> loaded;
        try {
            loaded = shared.tally()
                    .load(
                            new Tally.Call(chunk.get(0).task().key(), chunk.size(), false),
                            around.nanos(),
                            () -> bulk.load(arguments, contexts),
                            e -> own.judge(chunk.get(0).task(), e));
        } catch (Exception e) {
            for (OwnReads.Missing<K, V> one : chunk) {
                try {
                    call.values.put(one.task().key(), own.instead(one, e));
                } catch (Exception shown) {
                    call.failed(shown);
                }
            }
            return;
        } finally {
            chunk.forEach(one -> one.context().end());
        }
        for (OwnReads.Missing<K, V> one : chunk) {
            V value = Nulls.cast(loaded.get(one.task().argument()));
            call.values.put(one.task().key(), value);
            own.loaded(one, value);
        }
    }
}
