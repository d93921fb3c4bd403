package io.larder.cache;

import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Versions in a store of the process, as {@code Long}s. Thread-safe. */
final class ObjectMarkers implements Markers {
    private final ObjectStore store;
    private final LongSupplier numbers;

    ObjectMarkers(ObjectStore store, LongSupplier numbers) {
        this.store = store;
        this.numbers = numbers;
    }

    @Override
    public Versions read(Collection<String> markers) {
        List<String> keys = Markers.distinct(markers);
        long[] found = new long[keys.size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = store.find(keys.get(i)) instanceof Long number ? number : begin(keys.get(i));
        }
        return Versions.of(keys, found);
    }

    @Override
    public @Nullable Long peek(String marker) {
        return store.find(marker) instanceof Long number ? number : null;
    }

    @Override
    public boolean areCurrent(Versions versions) {
        for (int i = 0; i < versions.markers().size(); i++) {
            if (!(store.find(versions.markers().get(i)) instanceof Long number) || number != versions.number(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void renew(String marker) {
        long unused = begin(marker);
    }

    private long begin(String marker) {
        long number = numbers.getAsLong();
        store.put(marker, number, Store.FOREVER);
        return number;
    }
}
