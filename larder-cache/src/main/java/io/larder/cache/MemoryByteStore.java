package io.larder.cache;

import io.larder.base.Printable;
import io.larder.base.SizeText;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.NotKeptException;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreCounts;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code mem:} store with {@code max}: values in the form they have outside the process, bounded by their bytes. Nobody can
 * change what it keeps. Thread-safe.
 *
 * <p>An entry weighs the characters of its key, the bytes of its value, and {@value #ENTRY_BYTES} for the objects around them. Room is
 * made by the caller that puts, so a slow executor does not let the store grow.
 */
final class MemoryByteStore implements ByteStore {
    /** What an entry takes besides key and value: 171 to 186 bytes were measured on JDK 17 and 25. */
    static final int ENTRY_BYTES = 192;

    private final long bytesMax;
    private final MemoryEntries entries;
    private final MemoryCells cells;

    /**
     * A store.
     *
     * @param ttlMax longer TTLs of entries are cut to this
     * @param cellsMax bound of its cells, which weigh nothing here
     */
    MemoryByteStore(long bytesMax, Duration ttlMax, long cellsMax, StoreContext context) {
        this.bytesMax = bytesMax;
        this.cells = new MemoryCells(cellsMax, context);
        this.entries = new MemoryEntries(
                bound -> bound.maximumWeight(bytesMax)
                        .weigher((key, entry) -> (int) weight(key, (byte[]) entry.value))
                        .executor(Runnable::run),
                ttlMax,
                context);
    }

    private static long weight(String key, byte[] value) {
        return (long) key.length() + value.length + ENTRY_BYTES;
    }

    @Override
    public byte @Nullable [] find(String key) {
        byte[] value = (byte[]) entries.find(key);
        return value == null ? null : value.clone(); // it is the caller's then
    }

    @Override
    public void put(String key, byte[] value, Duration ttl) {
        long weight = weight(key, value);
        if (weight > Math.min(bytesMax, Integer.MAX_VALUE)) { // Caffeine weighs by int
            entries.remove(key);
            throw new NotKeptException("%s not stored: it takes %d bytes, and mem: has %s for all; raise max"
                    .formatted(Printable.of(key), weight, SizeText.format(bytesMax)));
        }
        entries.put(key, value, ttl);
    }

    @Override
    public void remove(String key) {
        entries.remove(key);
    }

    @Override
    public Optional<StoreCounts> counts() {
        return Optional.of(entries.counts());
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.TTL, Capability.CURRENT, Capability.ATOMIC);
    }

    @Override
    public Cells cells() {
        return cells;
    }

    @Override
    public void close() {
        cells.close();
        entries.close();
    }
}
