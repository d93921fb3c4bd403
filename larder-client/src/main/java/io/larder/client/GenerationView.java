package io.larder.client;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Each operation: finds the generation, then does the same on a view of the entries of that generation, within one deadline.
 *
 * <p>A CAS token is told with the number of the generation mixed in: nodes count their tokens one by one, so that the token of an
 * entry that is out of reach could otherwise be that of its successor on another node.
 */
final class GenerationView<V> implements NamespaceView<V> {
    private static final Duration AGE_MAX = Duration.ofMinutes(1);

    private final NamespaceParts<V> parts;
    private final ViewSettings settings;
    private final String name;
    private final Generation generation;
    private final Duration age;

    /** Of {@link #prefixed}; stands behind the generation. */
    private final String inner;

    private GenerationView(
            NamespaceParts<V> parts,
            ViewSettings settings,
            String name,
            Generation generation,
            Duration age,
            String inner) {
        this.parts = parts;
        this.settings = settings;
        this.name = name;
        this.generation = generation;
        this.age = age;
        this.inner = inner;
    }

    static <V> GenerationView<V> open(NamespaceParts<V> parts, ViewSettings settings, String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a namespace needs at least one character");
        }
        Generation generation =
                new Generation(name, parts.calls().cluster().config().ticker());
        GenerationView<V> view = new GenerationView<>(parts, settings, name, generation, Duration.ZERO, "");
        parts.calls().within(view.prefix(0)); // refused here, not at the first call
        return view;
    }

    private GenerationView<V> with(ViewSettings changed) {
        return new GenerationView<>(parts, changed, name, generation, age, inner);
    }

    @Override
    public NamespaceView<V> within(Duration deadline) {
        return with(settings.within(deadline));
    }

    @Override
    public NamespaceView<V> lenient() {
        return with(settings.leniently());
    }

    @Override
    public NamespaceView<V> remembering(Duration changed) {
        if (changed.isNegative() || changed.compareTo(AGE_MAX) > 0) {
            throw new IllegalArgumentException(
                    "a generation is remembered from zero (not at all) to 1 minute, was %s".formatted(changed));
        }
        return new GenerationView<>(parts, settings, name, generation, changed, inner);
    }

    @Override
    public View<V> prefixed(String namespace) {
        if (namespace.isEmpty()) {
            throw new IllegalArgumentException("a namespace needs at least one character");
        }
        GenerationView<V> view = new GenerationView<>(parts, settings, name, generation, age, inner + namespace);
        parts.calls().within(view.prefix(0));
        return view;
    }

    @Override
    public NamespaceView<V> namespace(String other) {
        throw new IllegalArgumentException(
                "namespace \"%s\" within \"%s\": namespaces do not nest; use prefixed".formatted(other, name));
    }

    @Override
    public AsyncView<V> async() {
        return new BackgroundView<>(this, parts.calls().cluster());
    }

    @Override
    public void invalidate() {
        generation.invalidate(parts.generations(settings.inside(deadline())));
    }

    private Deadline deadline() {
        return parts.calls().cluster().deadline(settings.timeout());
    }

    private Deadline bulkDeadline() {
        return parts.calls().cluster().deadline(settings.bulkTimeout());
    }

    private String prefix(long number) {
        return name + ":" + Generation.text(number) + ":" + inner;
    }

    private View<V> entries(long number, Deadline deadline) {
        return parts.entries(prefix(number), settings.rest(deadline));
    }

    /** For reads. */
    private long lately(Deadline deadline) {
        return generation.atMost(age, parts.generations(settings.inside(deadline)));
    }

    /** For writes. */
    private long now(Deadline deadline) {
        return generation.read(parts.generations(settings.inside(deadline)));
    }

    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    private @Nullable V read(Function<View<V>, @Nullable V> body) {
        return orElse(
                () -> {
                    Deadline deadline = deadline();
                    return body.apply(entries(lately(deadline), deadline));
                },
                null);
    }

    private StoreResult store(Function<View<V>, StoreResult> body) {
        return orElse(() -> write(body), StoreResult.UNAVAILABLE);
    }

    private <R extends @Nullable Object> R orElse(Supplier<R> body, R ifLenient) {
        if (!settings.lenient()) {
            return body.get();
        }
        try {
            return body.get();
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return ifLenient;
        }
    }

    private <R extends @Nullable Object> R write(Function<View<V>, R> body) {
        Deadline deadline = deadline();
        return body.apply(entries(now(deadline), deadline));
    }

    @Override
    public @Nullable V get(String key) {
        return read(view -> view.get(key));
    }

    @Override
    public @Nullable V getAndTouch(String key, Duration ttl) {
        return read(view -> view.getAndTouch(key, ttl));
    }

    @Override
    public Lookup<V> lookup(String key) {
        return lookup(key, Reading.PLAIN);
    }

    @Override
    public Lookup<V> lookup(String key, Reading reading) {
        Deadline deadline = deadline();
        long number;
        try {
            number = lately(deadline);
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return new Lookup.Unavailable<>(e.node(), e);
        }
        Lookup<V> found = entries(number, deadline).lookup(key, reading);
        if (found instanceof Lookup.Hit<V> hit) {
            return new Lookup.Hit<>(hit.value(), hit.cas() ^ number, hit.refresh());
        }
        if (found instanceof Lookup.Stale<V> stale) {
            return new Lookup.Stale<>(stale.value(), stale.cas() ^ number, stale.refresh());
        }
        if (found instanceof Lookup.Absent<V> absent) {
            return new Lookup.Absent<>(of(absent.lease(), number), of(absent.promised(), number));
        }
        return found;
    }

    /** A token of this generation. */
    private static OptionalLong of(OptionalLong token, long number) {
        return token.isPresent() ? OptionalLong.of(token.getAsLong() ^ number) : token;
    }

    @Override
    public Fetch<V> getIfChanged(String key, long cas) {
        return orElse(
                () -> {
                    Deadline deadline = deadline();
                    long number = lately(deadline);
                    Fetch<V> fetched = entries(number, deadline).getIfChanged(key, cas ^ number);
                    return fetched instanceof Fetch.Changed<V> changed
                            ? new Fetch.Changed<>(changed.value(), changed.cas() ^ number)
                            : fetched;
                },
                new Fetch.Missing<>());
    }

    @Override
    public StoreResult cas(String key, V value, long cas, Duration ttl) {
        return orElse(
                () -> {
                    Deadline deadline = deadline();
                    long number = now(deadline);
                    return entries(number, deadline).cas(key, value, cas ^ number, ttl);
                },
                StoreResult.UNAVAILABLE);
    }

    @Override
    public StoreResult set(String key, V value, Duration ttl) {
        return store(view -> view.set(key, value, ttl));
    }

    @Override
    public StoreResult add(String key, V value, Duration ttl) {
        return store(view -> view.add(key, value, ttl));
    }

    @Override
    public StoreResult replace(String key, V value, Duration ttl) {
        return store(view -> view.replace(key, value, ttl));
    }

    @Override
    public StoreResult append(String key, V tail) {
        return store(view -> view.append(key, tail));
    }

    @Override
    public StoreResult prepend(String key, V head) {
        return store(view -> view.prepend(key, head));
    }

    @Override
    public boolean delete(String key) {
        return write(view -> view.delete(key));
    }

    @Override
    public boolean delete(String key, long cas) {
        Deadline deadline = deadline();
        long number = now(deadline);
        return entries(number, deadline).delete(key, cas ^ number);
    }

    @Override
    public boolean markStale(String key, Duration grace) {
        return write(view -> view.markStale(key, grace));
    }

    @Override
    public boolean touch(String key, Duration ttl) {
        return write(view -> view.touch(key, ttl));
    }

    @Override
    public OptionalLong incr(String key, long by) {
        return write(view -> view.incr(key, by));
    }

    @Override
    public long incr(String key, long by, long initial, Duration ttl) {
        return write(view -> view.incr(key, by, initial, ttl));
    }

    @Override
    public OptionalLong decr(String key, long by) {
        return write(view -> view.decr(key, by));
    }

    @Override
    public long decr(String key, long by, long initial, Duration ttl) {
        return write(view -> view.decr(key, by, initial, ttl));
    }

    @Override
    @SuppressWarnings("NullAway") // R is nullable here, which it cannot see
    public @Nullable V update(String key, Duration ttl, UnaryOperator<@Nullable V> change) {
        return write(view -> view.update(key, ttl, change));
    }

    @Override
    public @Nullable V compute(String key, LoadPolicy policy, Supplier<? extends @Nullable V> loader) {
        Deadline deadline = deadline();
        long number;
        try {
            number = lately(deadline);
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            String lost = name + ":" + inner + key; // it flies under a name that no generation has
            return new Loading<>(parts.calls(), settings, lost, policy, loader).runAlone();
        }
        return parts.entries(prefix(number), settings).compute(key, policy, loader);
    }

    @Override
    public BulkRead<V> getAll(Collection<String> keys) {
        return readAll(keys, view -> view.getAll(keys));
    }

    @Override
    public BulkRead<V> getAllAndTouch(Collection<String> keys, Duration ttl) {
        return readAll(keys, view -> view.getAllAndTouch(keys, ttl));
    }

    private BulkRead<V> readAll(Collection<String> keys, Function<View<V>, BulkRead<V>> body) {
        Deadline deadline = bulkDeadline();
        try {
            return body.apply(entries(lately(deadline), deadline));
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return new BulkRead<>(Map.of(), Set.of(), all(keys, e));
        }
    }

    @Override
    public BulkWrite setAll(Map<String, V> values, Duration ttl) {
        Deadline deadline = bulkDeadline();
        try {
            return entries(now(deadline), deadline).setAll(values, ttl);
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return new BulkWrite(Map.of(), all(values.keySet(), e));
        }
    }

    @Override
    public BulkDelete deleteAll(Collection<String> keys) {
        Deadline deadline = bulkDeadline();
        try {
            return entries(now(deadline), deadline).deleteAll(keys);
        } catch (InterruptedCallException e) {
            throw e;
        } catch (MemcachedException e) {
            return new BulkDelete(Set.of(), Set.of(), all(keys, e));
        }
    }

    private static Map<String, MemcachedException> all(Collection<String> keys, MemcachedException failure) {
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        List.copyOf(keys).forEach(key -> failed.put(key, failure));
        return failed;
    }
}
