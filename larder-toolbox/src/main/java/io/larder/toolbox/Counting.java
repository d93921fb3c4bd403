package io.larder.toolbox;

import io.larder.cache.spi.Cells;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** A way to count calls in cells. Thread-safe, and without state of its own. */
interface Counting {
    /**
     * Takes permits, or none.
     *
     * @param key makes the key of a cell from its suffix
     * @throws RuntimeException if the store did not answer
     */
    Admission take(Cells cells, UnaryOperator<String> key, long permits, Instant now);
}
