package io.larder.cache;

import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Store;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Versions in a store of bytes, as eight bytes big-endian after the two of {@link #MAGIC}; signed where entries are, so that none
 * can be made up. Thread-safe.
 */
final class ByteMarkers implements Markers {
    private static final short MAGIC = (short) 0xEC56; // no text begins so in UTF-8
    private static final int BYTES = Short.BYTES + Long.BYTES;

    private final ByteStore store;
    private final Seal seal;
    private final LongSupplier numbers;

    ByteMarkers(ByteStore store, LongSupplier numbers) {
        this(store, new Checksum(), numbers);
    }

    ByteMarkers(ByteStore store, Seal seal, LongSupplier numbers) {
        this.store = store;
        this.seal = seal;
        this.numbers = numbers;
    }

    /** The number, or {@code null} if there is none that can be read. */
    private @Nullable Long number(String marker, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            int end = seal.isRequired() ? seal.check(marker, bytes) : bytes.length;
            ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
            return end == BYTES && in.getShort() == MAGIC ? in.getLong() : null;
        } catch (UnreadableException e) {
            return null;
        }
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
            Long number = number(keys.get(i), found.values().get(keys.get(i)));
            versions[i] = number == null ? begin(keys.get(i)) : number;
        }
        return Versions.of(keys, versions);
    }

    @Override
    public @Nullable Long peek(String marker) {
        return number(marker, GuardedStore.quiet(store).find(marker));
    }

    @Override
    public boolean areCurrent(Versions versions) {
        return areCurrent(versions, store.findAll(versions.markers()));
    }

    /** As above, with what has been read already; a marker that could not be asked for is none of now. */
    boolean areCurrent(Versions versions, Found<byte[]> found) {
        for (int i = 0; i < versions.markers().size(); i++) {
            String marker = versions.markers().get(i);
            Long number = number(marker, found.values().get(marker));
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
        ByteOut out = new ByteOut(2 * BYTES);
        out.fixed(MAGIC, Short.BYTES);
        out.fixed(number, Long.BYTES);
        byte[] bytes = seal.isRequired() ? seal.close(marker, out) : out.toBytes();
        store.put(marker, bytes, Store.FOREVER);
        return number;
    }
}
