package io.larder.cache;

import io.larder.base.DurationText;
import io.larder.base.LarderException;
import io.larder.base.Printable;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Cell;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code chaos:} store, for tests: another store that fails and is slow by chance, the same way for the same seed and
 * order of calls. Thread-safe.
 */
abstract class Chaos<T> {
    private static final double FAIL_DEFAULT = 0.1;

    /**
     * How bad it is.
     *
     * @param fail how often a call fails, from 0 to 1
     * @param latency longest delay of a call; each draws its own
     */
    record Settings(double fail, Duration latency, long seed) {}

    private final Store<T> inner;
    private final Settings settings;
    private final Consumer<Duration> sleeper;
    private final SplittableRandom random; // under its own monitor

    Chaos(Store<T> inner, Settings settings, Consumer<Duration> sleeper) {
        this.inner = inner;
        this.settings = settings;
        this.sleeper = sleeper;
        this.random = new SplittableRandom(settings.seed());
    }

    /**
     * Opens {@code chaos:mem:?size=10&fail=0.2&latency=5ms&seed=7}: its own options may stand among those of the other store.
     *
     * @param open opens the other store
     */
    static Store<?> open(String text, java.util.function.Function<String, Store<?>> open) {
        String rest = inner(text);
        int question = rest.indexOf('?');
        List<String> others = new ArrayList<>();
        double fail = FAIL_DEFAULT;
        Duration latency = Duration.ZERO;
        long seed = 0;
        for (String pair :
                question < 0 ? new String[0] : rest.substring(question + 1).split("&", -1)) {
            String value = pair.substring(pair.indexOf('=') + 1);
            switch (pair.substring(0, Math.max(0, pair.indexOf('=')))) {
                case "fail" -> fail = probability(value);
                case "latency" -> latency = DurationText.parse(value);
                case "seed" -> seed = value.hashCode();
                default -> others.add(pair);
            }
        }
        String url = (question < 0 ? rest : rest.substring(0, question))
                + (others.isEmpty() ? "" : "?" + String.join("&", others));
        return around(
                open.apply(url), new Settings(fail, latency, seed), time -> LockSupport.parkNanos(time.toNanos()));
    }

    /** The URL of the other store, with the options of both. */
    static String inner(String text) {
        String rest = text.substring(text.indexOf(':') + 1).strip();
        if (rest.indexOf(':') < 1) {
            throw new IllegalArgumentException(
                    "chaos: names no store to spoil; write chaos:mem:?fail=0.1, or chaos:memcached://host:11211?fail=0.1");
        }
        return rest;
    }

    private static double probability(String text) {
        double value = text.matches("[01]|0?\\.[0-9]{1,9}|1\\.0+") ? Double.parseDouble(text) : -1;
        if (value < 0) {
            throw new IllegalArgumentException(
                    "chaos: option \"fail\": \"%s\" is not a part from 0 to 1; write fail=0.1 for every tenth call"
                            .formatted(Printable.of(text)));
        }
        return value;
    }

    static Store<?> around(Store<?> inner, Settings settings, Consumer<Duration> sleeper) {
        return inner instanceof ByteStore bytes
                ? new Bytes(bytes, settings, sleeper)
                : new Objects((ObjectStore) inner, settings, sleeper);
    }

    private void strike(String key) {
        double delay;
        boolean fails;
        synchronized (random) {
            delay = random.nextDouble();
            fails = random.nextDouble() < settings.fail();
        }
        if (!settings.latency().isZero()) {
            sleeper.accept(Duration.ofNanos((long) (settings.latency().toNanos() * delay)));
        }
        if (fails) {
            throw new LarderException("chaos: this call fails, for %s".formatted(Printable.of(key)));
        }
    }

    public Set<Capability> capabilities() {
        return inner.capabilities();
    }

    public Cells cells() {
        return new Struck(this, inner.cells());
    }

    /** Cells that fail as the entries do. */
    private record Struck(Chaos<?> chaos, Cells inner) implements Cells {
        @Override
        public @Nullable Cell find(String key) {
            chaos.strike(key);
            return inner.find(key);
        }

        @Override
        public boolean add(String key, byte[] value, Duration ttl) {
            chaos.strike(key);
            return inner.add(key, value, ttl);
        }

        @Override
        public boolean replace(String key, byte[] value, long version, Duration ttl) {
            chaos.strike(key);
            return inner.replace(key, value, version, ttl);
        }

        @Override
        public long count(String key, long by, long start, Duration ttl) {
            chaos.strike(key);
            return inner.count(key, by, start, ttl);
        }
    }

    /** Leases that fail as the entries do. */
    private record StruckLeases(Chaos<?> chaos, Leases inner) implements Leases {
        @Override
        public Leased find(String key, Duration lease) {
            chaos.strike(key);
            return inner.find(key, lease);
        }

        @Override
        public Answer findAll(Collection<String> keys, Collection<String> others, Duration lease) {
            Map<String, RuntimeException> failures = new HashMap<>();
            List<String> asked = spared(keys, failures);
            Answer answer = inner.findAll(asked, spared(others, failures), lease);
            failures.putAll(answer.others().failures());
            return new Answer(answer.keys(), new Found<>(answer.others().values(), failures));
        }

        private List<String> spared(Collection<String> keys, Map<String, RuntimeException> failures) {
            List<String> spared = new ArrayList<>();
            for (String key : keys) {
                try {
                    chaos.strike(key);
                    spared.add(key);
                } catch (LarderException e) {
                    failures.put(key, e);
                }
            }
            return spared;
        }

        @Override
        public boolean put(String key, byte[] value, long token, Duration ttl) {
            chaos.strike(key);
            return inner.put(key, value, token, ttl);
        }

        @Override
        public void giveBack(String key, long token) {
            chaos.strike(key);
            inner.giveBack(key, token);
        }
    }

    public @Nullable T find(String key) {
        strike(key);
        return inner.find(key);
    }

    public void put(String key, T value, Duration ttl) {
        strike(key);
        inner.put(key, value, ttl);
    }

    public void remove(String key) {
        strike(key);
        inner.remove(key);
    }

    public Optional<StoreCounts> counts() {
        return inner.counts();
    }

    public void close() {
        inner.close();
    }

    private static final class Bytes extends Chaos<byte[]> implements ByteStore {
        private final ByteStore bytes;

        Bytes(ByteStore inner, Settings settings, Consumer<Duration> sleeper) {
            super(inner, settings, sleeper);
            this.bytes = inner;
        }

        @Override
        public Leases leases() {
            return new StruckLeases(this, bytes.leases());
        }
    }

    private static final class Objects extends Chaos<Object> implements ObjectStore {
        Objects(ObjectStore inner, Settings settings, Consumer<Duration> sleeper) {
            super(inner, settings, sleeper);
        }
    }
}
