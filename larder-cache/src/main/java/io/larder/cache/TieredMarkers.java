package io.larder.cache;

import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Versions in a far store, with copies in the near one: a hit in the process need not ask for them. A load always does. Another
 * process's invalidation is seen when the copy has gone, at the latest. Thread-safe.
 */
final class TieredMarkers implements Markers {
    private final ObjectStore near;
    private final Markers far;
    private final Fences fences;

    TieredMarkers(ObjectStore near, Markers far, Fences fences) {
        this.near = near;
        this.far = far;
        this.fences = fences;
    }

    @Override
    public Versions read(Collection<String> markers) {
        List<Long> marks = markers.stream().map(fences::mark).toList();
        Versions versions = far.read(markers);
        int i = 0;
        for (String marker : markers) {
            copy(versions, marker, marks.get(i++));
        }
        return versions;
    }

    private void copy(Versions versions, String marker, long mark) {
        near.put(marker, versions.number(versions.markers().indexOf(marker)), Store.FOREVER);
        if (!fences.holds(marker, mark)) {
            near.remove(marker);
        }
    }

    @Override
    public @Nullable Long peek(String marker) {
        return near.find(marker) instanceof Long copied ? copied : far.peek(marker);
    }

    @Override
    public boolean areCurrent(Versions versions) {
        for (int i = 0; i < versions.markers().size(); i++) {
            String marker = versions.markers().get(i);
            long number = near.find(marker) instanceof Long copied
                    ? copied
                    : read(List.of(marker)).number(0);
            if (number != versions.number(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void renew(String marker) {
        try {
            far.renew(marker);
        } finally { // in this order, as in TieredShelf
            fences.move(marker);
            near.remove(marker);
        }
    }
}
