package io.larder.cache;

import io.larder.base.DurationText;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One or two stores together with what the framework keeps in them besides entries: makes the shelves over them. Owns the
 * stores. Thread-safe.
 */
final class Backend implements AutoCloseable {
    private final String name;
    private final @Nullable ObjectStore near;
    private final @Nullable ByteStore far; // the guard, or a store in this process, which never fails
    private final @Nullable GuardedStore guard;
    private final Fences fences;
    private final @Nullable ByteMarkers farMarkers;
    private final Markers markers;
    private final Values values;
    private final Surroundings around;

    private Backend(
            String name, @Nullable ObjectStore near, @Nullable ByteStore far, Values values, Surroundings around) {
        this.name = name;
        this.near = near;
        this.guard = far == null || far instanceof MemoryByteStore ? null : new GuardedStore(far, name, around);
        this.far = guard == null ? far : guard;
        this.values = values;
        this.around = around;
        this.fences = new Fences(around.isFencing());
        this.farMarkers = this.far == null ? null : new ByteMarkers(this.far, values.seal(), around::randomLong);
        if (farMarkers == null) {
            this.markers = new ObjectMarkers(Objects.requireNonNull(near), around::randomLong);
        } else {
            this.markers = near == null ? farMarkers : new TieredMarkers(near, farMarkers, fences);
        }
    }

    /**
     * Over one store.
     *
     * @throws IllegalArgumentException if the store cannot do what can neither be emulated nor done without
     */
    static Backend of(String name, Store<?> store, Values values, Surroundings around) {
        if (store instanceof ByteStore bytes) {
            check(values, bytes);
            return new Backend(name, null, bytes, values, around);
        }
        if (!store.capabilities().contains(Capability.TTL)) {
            throw new IllegalArgumentException(
                    "store %s keeps objects and does not end their TTL; it needs the capability TTL".formatted(name));
        }
        return new Backend(name, (ObjectStore) store, null, values, around);
    }

    /** Over a near store in front of a far one. */
    static Backend tiered(String name, ObjectStore near, ByteStore far, Values values, Surroundings around) {
        check(values, far);
        return new Backend(name, near, far, values, around);
    }

    private static void check(Values values, ByteStore store) {
        try {
            values.check();
        } catch (IllegalArgumentException e) {
            store.close();
            throw e;
        }
    }

    /**
     * A shelf for values of one type.
     *
     * @param codec for them, instead of those of the store; possibly empty
     * @throws IllegalArgumentException if the store cannot keep such values
     */
    <V extends @Nullable Object> Shelf<V> shelf(String template, Type valueType, String codec, Counters counters) {
        if (near == null) {
            return farShelf(template, valueType, codec, counters);
        }
        ObjectShelf<V> copies = new ObjectShelf<>(near, Types.raw(valueType), markers, around);
        return far == null
                ? copies
                : new TieredShelf<>(copies, farShelf(template, valueType, codec, counters), markers, fences, around);
    }

    /** Refuses a lease where no store gives any. */
    void checkLease(String template, Duration lease) {
        boolean isAsked = !lease.isZero() && !lease.equals(Policy.LEASE_DEFAULT);
        if (isAsked && guard != null && !guard.capabilities().contains(Capability.LEASES)) {
            throw new IllegalArgumentException(
                    "\"%s\" has a lease of %s, but store %s gives none, so each process loads for itself; leave it out"
                            .formatted(template, DurationText.format(lease), name));
        }
    }

    private <V extends @Nullable Object> ByteShelf<V> farShelf(
            String template, Type valueType, String codec, Counters counters) {
        LongSupplier distrusted = guard == null ? () -> Long.MIN_VALUE : guard::distrustedMillis;
        return new ByteShelf<>(
                Objects.requireNonNull(far),
                envelope(template, valueType, codec),
                Objects.requireNonNull(farMarkers),
                distrusted,
                around,
                counters);
    }

    private Envelope envelope(String template, Type valueType, String codec) {
        try {
            return values.envelope(valueType, codec);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "values of \"%s\" cannot be stored: %s".formatted(template, e.getMessage()), e);
        }
    }

    boolean takesTags() {
        return guard == null || guard.capabilities().contains(Capability.CURRENT);
    }

    /** Refuses tags where they cannot work. */
    void checkTags(String template) {
        if (!takesTags()) {
            throw new IllegalArgumentException(
                    "\"%s\" has tags or a namespace, but store %s may answer with what was written before the last write; leave them out, or route it elsewhere"
                            .formatted(template, name));
        }
    }

    /** The cells of the store that all processes see, of the outer one of two; refused where it has none. */
    Cells cells(String template) {
        Store<?> store = far == null ? Objects.requireNonNull(near) : far;
        if (!store.capabilities().contains(Capability.ATOMIC)) {
            throw new IllegalArgumentException(
                    "\"%s\" needs a store that changes entries atomically, and %s does not; write mem: or memcached://host:11211 without rehash or gutter, or route it there"
                            .formatted(template, name));
        }
        return store.cells();
    }

    Markers markers() {
        return markers;
    }

    String name() {
        return name;
    }

    /** What its store in this process has counted, if it has one that does. */
    Optional<StoreStats> stats(String route) {
        Store<?> here = near == null && guard == null ? far : near;
        return Optional.<Store<?>>ofNullable(here)
                .flatMap(Store::counts)
                .map(counts -> new StoreStats(
                        route, name, counts.entries(), counts.evictions(), counts.expirations(), counts.bytes()));
    }

    /** Whether its store outside has still to be told to forget the key. */
    boolean hasMissed(String key) {
        return guard != null && guard.hasMissed(key);
    }

    /** How its store outside the process is doing, if it has one. */
    Optional<StoreHealth> health(String route) {
        return Optional.ofNullable(guard).map(store -> store.health(route));
    }

    @Override
    public void close() {
        try {
            if (near != null) {
                near.close();
            }
        } finally {
            if (far != null) {
                far.close();
            }
        }
    }
}
