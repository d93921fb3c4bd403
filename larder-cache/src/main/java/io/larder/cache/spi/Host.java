package io.larder.cache.spi;

import io.larder.base.Ticker;
import io.larder.cache.Arguments;
import java.lang.reflect.Method;
import java.time.InstantSource;
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
}
