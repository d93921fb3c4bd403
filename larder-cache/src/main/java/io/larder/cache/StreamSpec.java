package io.larder.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cached stream being defined: {@code larder.cachedStream("rows:{key}", Long.class, new TypeRef<List<Row>>() {},
 * dao::rows).ttl("10m").build()}. For one thread.
 */
public final class StreamSpec<K, E extends @Nullable Object> {
    /** Most elements of a stream that is kept, unless the program says otherwise. */
    public static final int ELEMENTS_MAX_DEFAULT = 10_000;

    private final CachedSpec<K, List<E>> spec;
    private final StreamLoader<? super K, E> loader;
    private final Surroundings around;
    private int elementsMax = ELEMENTS_MAX_DEFAULT;

    StreamSpec(
            Definitions definitions,
            String template,
            TypeRef<K> keyType,
            TypeRef<List<E>> listType,
            StreamLoader<? super K, E> loader,
            Surroundings around) {
        this.spec = new CachedSpec<>(
                definitions, template, keyType, listType, (argument, context) -> list(loader, argument));
        this.loader = loader;
        this.around = around;
    }

    private static <K, E extends @Nullable Object> List<E> list(StreamLoader<? super K, E> loader, K argument)
            throws Exception {
        try (Stream<E> stream = begin(loader, argument)) {
            List<E> all = new ArrayList<>();
            stream.forEachOrdered(all::add);
            return Collections.unmodifiableList(all);
        }
    }

    static <K, E extends @Nullable Object> Stream<E> begin(StreamLoader<? super K, E> loader, K argument)
            throws Exception {
        Stream<E> stream = loader.load(argument);
        if (stream == null) {
            throw new IllegalStateException(
                    "a stream loader returned null; return Stream.empty() where there is nothing");
        }
        return stream;
    }

    /** As {@link CachedSpec#ttl(String)}; counted from when the stream was read to its end. */
    public StreamSpec<K, E> ttl(String text) {
        CachedSpec<K, List<E>> unused = spec.ttl(text);
        return this;
    }

    /** As {@link CachedSpec#jitter}. */
    public StreamSpec<K, E> jitter(double fraction) {
        CachedSpec<K, List<E>> unused = spec.jitter(fraction);
        return this;
    }

    /** As {@link CachedSpec#tags}. */
    public StreamSpec<K, E> tags(String... templates) {
        CachedSpec<K, List<E>> unused = spec.tags(templates);
        return this;
    }

    /** As {@link CachedSpec#namespace}. */
    public StreamSpec<K, E> namespace(String name) {
        CachedSpec<K, List<E>> unused = spec.namespace(name);
        return this;
    }

    /**
     * Most elements of a stream that is kept, at least 1; default 10,000. Each reader holds as many until it has read its stream; a
     * longer one is still read, and not kept.
     */
    public StreamSpec<K, E> elementsMax(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("elementsMax must be at least 1, was " + count);
        }
        elementsMax = count;
        return this;
    }

    /**
     * The cached stream.
     *
     * @throws IllegalArgumentException as {@link CachedSpec#build}
     */
    public CachedStream<K, E> build() {
        int max = elementsMax;
        CachedFunction<K, List<E>> whole =
                spec.storeIf(list -> list.size() <= max).function();
        return new StreamFunction<>(whole, loader, max, around);
    }
}
