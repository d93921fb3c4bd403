package io.larder.cache;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A function whose result is a stream, kept once somebody has read it to its end. Made by {@link Larder#cachedStream}; thread-safe.
 *
 * <p>The first callers read the loader's own stream, element by element, as it comes. Who reads it until it says that there is no
 * more, has it stored as a whole, in one write; later callers replay that. What is read in part, fails, or is longer than
 * {@link StreamSpec#elementsMax} is not stored. Callers at the same moment each have a stream of the loader's.
 *
 * @param <K> the argument
 * @param <E> what the stream is of
 */
public interface CachedStream<K extends @Nullable Object, E extends @Nullable Object> {
    /**
     * A stream for one thread; close it. Whether it is replayed is decided here. An invalidation that comes before it has been read
     * to its end keeps it from being stored. {@code limit} and the like may stop before they have seen the end.
     *
     * @throws LoadFailedException if the loader raised a checked exception; unchecked ones come out as themselves
     */
    Stream<E> open(K argument);

    /**
     * The same entries as lists, with all verbs of a cached function: to invalidate, look into, or put them. Its {@code get}
     * reads a whole stream at once.
     */
    Cached<K, List<E>> whole();
}
