package io.larder.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A cached stream over a cached function of lists: each reader gathers what it reads, and stores it at the end. Thread-safe. */
final class StreamFunction<K, E extends @Nullable Object> implements CachedStream<K, E> {
    private final CachedFunction<K, List<E>> whole;
    private final Definition<List<E>> shared;
    private final StreamLoader<? super K, E> loader;
    private final int elementsMax;
    private final Surroundings around;

    StreamFunction(
            CachedFunction<K, List<E>> whole, StreamLoader<? super K, E> loader, int elementsMax, Surroundings around) {
        this.whole = whole;
        this.shared = whole.shared();
        this.loader = loader;
        this.elementsMax = elementsMax;
        this.around = around;
    }

    @Override
    public Cached<K, List<E>> whole() {
        return whole;
    }

    @Override
    public Stream<E> open(K argument) {
        String key = whole.key(argument);
        List<String> markers = whole.markers(argument);
        Flight.Kind kind = Flight.Kind.MISS;
        if (around.control().allows(Op.READ, key)) {
            Lookup<List<E>> seen = whole.find(key, markers);
            if (seen instanceof Lookup.Fresh<List<E>> fresh && isYoungEnough(fresh)) {
                shared.tally().got(Flight.Kind.HIT, key, seen, Detector.Level.STORE);
                return fresh.value().stream();
            }
            kind = seen instanceof Lookup.Unavailable<List<E>> ? Flight.Kind.UNAVAILABLE : Flight.Kind.MISS;
            shared.tally().got(kind, key, seen, Detector.Level.LOADER);
        } else {
            shared.tally().bypassed(key);
        }
        boolean keeps = kind == Flight.Kind.MISS && mayKeep(key);
        return produce(key, markers, argument, keeps);
    }

    /** Not in a transaction, whose rows may be among those read. */
    private boolean mayKeep(String key) {
        return around.control().allows(Op.WRITE, key) && around.control().transaction() == null;
    }

    private boolean isYoungEnough(Lookup.Fresh<List<E>> fresh) {
        Decision.Circumstances now = new Decision.Circumstances(around.nowMillis(), 1, 0, false);
        return Decision.decide(fresh, whole.policy(), now) == Decision.SERVE;
    }

    private Stream<E> produce(String key, List<String> markers, K argument, boolean keeps) {
        long start = around.nanos();
        // all before the loader is called: a change made from now on is newer than what it brings
        Loads.Task<K, List<E>> task =
                new Loads.Task<>(key, markers, argument, new Lookup.Absent<>(), Decision.LOAD, Claim.ANY);
        long mark = shared.changes().mark(key);
        long stamp = around.nextStamp();
        @Nullable Versions versions = keeps ? whole.writes().versions(markers) : null;
        Stream<E> source;
        try {
            source = shared.tally()
                    .load(
                            new Tally.Call(key, 1, false),
                            start,
                            () -> Loading.none(() -> StreamSpec.begin(loader, argument)),
                            e -> LoadOutcome.FAILED);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw whole.unchecked(argument, e);
        }
        if (versions == null) {
            return source;
        }
        Consumer<List<E>> store = all -> store(
                task, all, mark, () -> whole.writes().store(task, all, null, stamp, around.nanos() - start, versions));
        return StreamSupport.stream(new Tee<>(source.spliterator(), elementsMax, store), false)
                .onClose(source::close);
    }

    /** Stores a whole stream, unless its key was changed since it began, or somebody is storing it at this moment. */
    private void store(Loads.Task<K, List<E>> task, List<E> all, long mark, Runnable write) {
        String key = task.key();
        Flight<List<E>> flight = new Flight<>(task.markers(), around);
        if (around.control().transaction() != null || shared.flights().putIfAbsent(key, flight) != null) {
            return;
        }
        try {
            if (shared.changes().holds(key, mark)) { // who changes the key from now on finds the flight
                around.events().afterwards(() -> flight.store(write));
            }
        } finally {
            flight.land(all, Flight.Kind.MISS);
            shared.flights().remove(key, flight);
        }
    }

    /** Hands on what the source brings, and once it has no more, all of it; nothing if that is too much. For one thread at a time. */
    private static final class Tee<E extends @Nullable Object> extends Spliterators.AbstractSpliterator<E> {
        private final Spliterator<E> source;
        private final int max;
        private final Consumer<List<E>> whole;
        private @Nullable List<E> gathered = new ArrayList<>();

        Tee(Spliterator<E> source, int max, Consumer<List<E>> whole) {
            super(Long.MAX_VALUE, source.characteristics() & Spliterator.ORDERED); // no size: count() has to read
            this.source = source;
            this.max = max;
            this.whole = whole;
        }

        @Override
        public boolean tryAdvance(Consumer<? super E> action) {
            boolean more = source.tryAdvance(element -> {
                gather(element);
                action.accept(element);
            });
            if (!more) {
                List<E> all = gathered;
                gathered = null;
                if (all != null) {
                    whole.accept(Collections.unmodifiableList(all));
                }
            }
            return more;
        }

        private void gather(E element) {
            List<E> before = gathered;
            if (before == null) {
                return;
            }
            if (before.size() == max) {
                gathered = null;
            } else {
                before.add(element);
            }
        }
    }
}
