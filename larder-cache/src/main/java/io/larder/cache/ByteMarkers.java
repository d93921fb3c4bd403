package io.larder.cache;

import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Store;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Versions in a store of bytes, as eight bytes big-endian after the two of {@link #MAGIC}. Thread-safe. */
final class ByteMarkers implements Markers {
    private static final short MAGIC = (short) 0xEC56; // no text begins so in UTF-8
    private static final int BYTES = Short.BYTES + Long.BYTES;

    private final ByteStore store;
    private final LongSupplier numbers;

    ByteMarkers(ByteStore store, LongSupplier numbers) {
        this.store = store;
        this.numbers = numbers;
    }

    /** The number, or {@code null} if there is none that can be read. */
    static @Nullable Long number(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length != BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return in.getShort() == MAGIC ? in.getLong() : null;
    }

    @Override
    public Versions read(Collection<String> markers) {
        List<String> keys = Markers.distinct(markers);
        Found<byte[]> found = store.findAll(keys);
        for (RuntimeException failure : found.failures().values()) {
            throw failure;
        }
        long[] versions = new long[keys.size()];
        for (int i = 0; i < versions.length; i++) {
            Long number = number(found.values().get(keys.get(i)));
            versions[i] = number == null ? begin(keys.get(i)) : number;
        }
        return Versions.of(keys, versions);
    }

    @Override
    public boolean areCurrent(Versions versions) {
        return areCurrent(versions, store.findAll(versions.markers()));
    }

    /** As above, with what has been read already; a marker that could not be asked for is none of now. */
    static boolean areCurrent(Versions versions, Found<byte[]> found) {
        for (int i = 0; i < versions.markers().size(); i++) {
            Long number = number(found.values().get(versions.markers().get(i)));
            if (number == null || number != versions.number(i)) {
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
        byte[] bytes =
                ByteBuffer.allocate(BYTES).putShort(MAGIC).putLong(number).array();
        store.put(marker, bytes, Store.FOREVER);
        return number;
    }
}
