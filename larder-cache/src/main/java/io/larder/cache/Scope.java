package io.larder.cache;

/** Something that holds until it is closed, in the thread that began it. Closing it twice does nothing. */
public interface Scope extends AutoCloseable {
    /**
     * Brings back exactly what held before.
     *
     * @throws IllegalStateException if another thread calls it
     */
    @Override
    void close();
}
