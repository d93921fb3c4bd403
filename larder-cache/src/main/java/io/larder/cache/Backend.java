package io.larder.cache;

import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A store together with what the framework keeps in it besides entries: makes the shelves over it. Thread-safe. */
final class Backend implements AutoCloseable {
    private final Store<?> store;
    private final Markers markers;
    private final Surroundings around;

    Backend(Store<?> store, Surroundings around) {
        this.store = store;
        this.around = around;
        this.markers = store instanceof ObjectStore objects
                ? new ObjectMarkers(objects, around::randomLong)
                : new ByteMarkers((ByteStore) store, around::randomLong);
    }

    /**
     * A shelf for values of one type.
     *
     * @throws IllegalArgumentException if the store cannot keep such values
     */
    <V extends @Nullable Object> Shelf<V> shelf(String template, Type valueType, Counters counters) {
        if (store instanceof ObjectStore objects) {
            return new ObjectShelf<>(objects, Types.raw(valueType), markers, around);
        }
        return new ByteShelf<>((ByteStore) store, envelope(template, valueType), markers, around, counters);
    }

    private static Envelope envelope(String template, Type valueType) {
        try {
            return new Envelope(ValueCodecs.of(valueType));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "values of \"%s\" cannot be stored: %s".formatted(template, e.getMessage()), e);
        }
    }

    Store<?> store() {
        return store;
    }

    Markers markers() {
        return markers;
    }

    @Override
    public void close() {
        store.close();
    }
}
