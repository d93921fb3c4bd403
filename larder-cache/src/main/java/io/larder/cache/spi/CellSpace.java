package io.larder.cache.spi;

import org.jspecify.annotations.Nullable;

/**
 * Where the cells of one key template are. Thread-safe.
 *
 * @param <K> what the template is applied to
 */
public interface CellSpace<K extends @Nullable Object> {
    /**
     * The key for an argument, never that of an entry or of a space of another kind.
     *
     * @param suffix for one of several cells of the argument; may be empty
     */
    String key(K argument, String suffix);

    /** The template without what is in its slots: of one kind, only spaces with the same shape can make the same key. */
    String shape();

    /** The cells of the store that the template is routed to. */
    Cells cells();
}
