package io.larder.cache.spi;

import io.larder.base.Ticker;
import io.larder.cache.Arguments;
import java.lang.reflect.Method;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a {@link io.larder.cache.Larder} lends to the modules that build on it. Thread-safe. */
public interface Host {
    /** Measures time in the process. */
    Ticker ticker();

    /** The time of day, to agree on with other processes. */
    InstantSource clock();

    /** Chance. */
    RandomGenerator random();

    /** Runs in the background what may wait for a store; false if it cannot now, because too much runs already or all is closed. */
    boolean tryRun(Runnable task);

    /**
     * The one object of this type that is kept beside the {@link io.larder.cache.Larder}, for what its definitions share.
     *
     * @param first makes it when it is first asked for; asks nothing of this host's {@code attached}
     */
    <T> T attached(Class<T> type, Supplier<? extends T> first);

    /** Cells of this process alone, for when those of the store do not answer; bounded. */
    Cells processCells();

    /**
     * The cells for a key template over one argument.
     *
     * @param kind keeps these cells apart from others with the same template: a short word, like {@code "lock"}
     * @throws IllegalArgumentException if the template cannot work, or its store has no cells; one line that says what to write
     */
    <K extends @Nullable Object> CellSpace<K> cells(String kind, String template, Class<K> keyType);

    /**
     * As {@link #cells(String, String, Class)}, over the parameters of a method. Objects made for the same kind and template
     * share cells with it where the values are the same.
     */
    CellSpace<Arguments> cells(String kind, String template, Method method);

    /** As {@link #cells(String, String, Class)}, over {@link #processCells}, whatever the store. */
    <K extends @Nullable Object> CellSpace<K> processCells(String kind, String template, Class<K> keyType);

    /** As {@link #cells(String, String, Method)}, over {@link #processCells}, whatever the store. */
    CellSpace<Arguments> processCells(String kind, String template, Method method);
}
