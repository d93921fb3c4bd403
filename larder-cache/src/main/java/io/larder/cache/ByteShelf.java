package io.larder.cache;

import io.larder.cache.spi.ByteStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The shelf over a store outside the process: values go in envelopes, which the wall clock dates. */
final class ByteShelf<V extends @Nullable Object> implements Shelf<V> {
    private final Lookup<V> absent = new Lookup.Absent<>();
    private final ByteStore store;
    private final Envelope envelope;
    private final Surroundings around;
    private final Counters counters;

    ByteShelf(ByteStore store, Envelope envelope, Surroundings around, Counters counters) {
        this.store = store;
        this.envelope = envelope;
        this.around = around;
        this.counters = counters;
    }

    @Override
    public Lookup<V> glance(String key) {
        return absent;
    }

    @Override
    public Lookup<V> find(String key) {
        byte[] bytes;
        try {
            bytes = store.find(key);
        } catch (RuntimeException e) {
            return new Lookup.Unavailable<>(e);
        }
        if (bytes == null) {
            return absent;
        }
        Envelope.Contents contents = envelope.unwrap(bytes);
        if (contents == null) {
            counters.unreadable.increment();
            return absent;
        }
        boolean fresh = around.nowMillis() < contents.meta().freshUntilMillis(); // stores may round TTLs up
        Envelope.Failure failure = contents.failure();
        if (failure != null) {
            return fresh ? new Lookup.Negative<>(failure.type(), failure.message(), contents.meta()) : absent;
        }
        V value = Nulls.cast(contents.value());
        return fresh ? new Lookup.Fresh<>(value, contents.meta()) : new Lookup.Stale<>(value, contents.meta());
    }

    @Override
    public void put(String key, V value, Meta meta, Duration ttl, Duration kept) {
        store.put(key, envelope.wrap(value, meta), kept);
    }

    @Override
    public void putNegative(String key, Lookup.Negative<V> negative, Duration ttl) {
        Envelope.Failure failure = new Envelope.Failure(negative.type(), negative.message());
        store.put(key, envelope.wrapFailure(failure, negative.meta()), ttl);
    }

    @Override
    public void remove(String key) {
        store.remove(key);
    }
}
