package io.larder.cache;

import io.larder.base.Printable;
import io.larder.base.Ticker;
import io.larder.cache.spi.CodecProvider;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import io.larder.cache.spi.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link Larder}; every one has a default. For one thread. */
public final class LarderBuilder {
    private Ticker ticker = Ticker.SYSTEM;
    private InstantSource clock = InstantSource.system();
    private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private Executor executor = Runnable::run;
    private String url = "mem:";
    private @Nullable Store<?> store;
    private @Nullable Executor loadExecutor;
    private @Nullable Timer timer;
    private Waiting waiting = Waiting.REAL;
    private final List<StoreProvider> providers = new ArrayList<>();
    private final Map<String, String> routes = new LinkedHashMap<>();
    private Pipes pipes = Pipes.BUILT_IN;
    private Values values = Values.DEFAULT;
    private boolean fencing = true;
    private int backgroundLoadsMax = Background.LOADS_MAX;
    private final List<CacheListener> listeners = new ArrayList<>();
    private Duration slowLoads = Policy.FOREVER;

    LarderBuilder() {}

    /** The store, by URL; default {@code mem:}. */
    public LarderBuilder url(String text) {
        url = text;
        return this;
    }

    /**
     * A store of its own for the keys that begin with this text, by URL. Of several prefixes that fit, the longest counts; a
     * key template whose own text does not decide it is refused.
     *
     * @throws IllegalArgumentException if the prefix is empty, or has a store already
     */
    public LarderBuilder route(String prefix, String to) {
        if (prefix.isEmpty() || routes.putIfAbsent(prefix, to) != null) {
            throw new IllegalArgumentException(
                    "route \"%s\" is empty or given twice; write one store for a prefix, and url(...) for all other keys"
                            .formatted(Printable.of(prefix)));
        }
        return this;
    }

    /**
     * A pipe of the program's own, for key templates and tags to write after a bar: {@code pipe("domain", Email.class,
     * Email::domain)} for {@code "mail:{email|domain}"}. It may stand after what has no key form of its own.
     *
     * <p>Its function is called for every key, by any thread, and never with null; it must make the same text of equal
     * values, in every process that shares the store. What it raises comes out of the call. Another text for the same value
     * is another key: the entries of before are not found any more.
     *
     * @param type the values it takes, those of subtypes too
     * @throws IllegalArgumentException if the name is taken, or no template can write it
     */
    public <T> LarderBuilder pipe(String name, Class<T> type, Function<? super T, String> text) {
        pipes = pipes.with(name, type, text);
        return this;
    }

    /**
     * Signs entries in stores outside the process, and believes no others: {@code secrets(Secrets.parse("env:CACHE_SECRET"))},
     * or {@code ?secret=env:CACHE_SECRET} in a store's own URL, which counts first. Default: no signatures.
     */
    public LarderBuilder secrets(Secrets ring) {
        values = values.withSecrets(ring);
        return this;
    }

    /**
     * From which size on values are compressed in stores outside the process, like {@code "4KB"}, or {@code "off"}; also
     * {@code ?compress=4KB} in a store's own URL, which counts first. Default 1 KiB. Reading never depends on it.
     */
    public LarderBuilder compress(String from) {
        values = values.withCompression(Compression.parse(from));
        return this;
    }

    /**
     * The form of values in stores outside the process: {@code "json"}, or several with commas, of which the first writes and all
     * are read; also {@code ?codec=json} in a store's own URL, which counts first. Default {@code "binary"}.
     */
    public LarderBuilder codec(String names) {
        values = values.withCodecs(values.codecs().using(names));
        return this;
    }

    /** Codecs to choose from by their names, besides those on the class path. */
    public LarderBuilder codecs(CodecProvider... more) {
        values = values.withCodecs(values.codecs().with(more));
        return this;
    }

    /** The store itself, in place of a URL. It is closed with the {@link Larder}. */
    public LarderBuilder store(Store<?> ready) {
        store = ready;
        return this;
    }

    /** Measures TTLs in the process, and loads; default {@link System#nanoTime}. */
    public LarderBuilder ticker(Ticker source) {
        ticker = source;
        return this;
    }

    /** The time of day that entries outside the process are stamped with; default the system's. */
    public LarderBuilder clock(InstantSource source) {
        clock = source;
        return this;
    }

    /** Draws the jitter; must be thread-safe. Default {@link ThreadLocalRandom}. */
    public LarderBuilder random(RandomGenerator source) {
        random = source;
        return this;
    }

    /** Runs the stores' housekeeping, which is brief and never blocks; default the thread that causes it. */
    public LarderBuilder executor(Executor runner) {
        executor = runner;
        return this;
    }

    /**
     * Runs loads that no caller's thread runs: early refreshes, and loads with a timeout. It need not have a bound of its
     * own. Default virtual threads where the JVM has them, else daemon threads.
     */
    public LarderBuilder loadExecutor(Executor runner) {
        loadExecutor = runner;
        return this;
    }

    /** Hears of gets, loads, entries and stores. May be called for several; each is told in this order. */
    public LarderBuilder listener(CacheListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Logs loads that took at least that long, as warnings of the logger {@code io.larder.cache}: one line each with the
     * key, escaped and cut, ten lines within ten seconds, and then how many more there were. Default: none.
     *
     * @throws IllegalArgumentException if the text is no duration of at least 1 ms
     */
    public LarderBuilder slowLoads(String least) {
        Duration parsed = Policy.duration("slowLoads", least);
        if (parsed.compareTo(Policy.TTL_MIN) < 0) {
            throw new IllegalArgumentException(
                    "slowLoads must be at least 1ms, was %s; write the time a load may take, like 500ms"
                            .formatted(Printable.of(least)));
        }
        slowLoads = parsed;
        return this;
    }

    /** Runs what comes later, like telling a store what it has missed; default a daemon thread, started when needed. */
    public LarderBuilder timer(Timer source) {
        timer = source;
        return this;
    }

    /** How callers of a key wait for each other; for simulations. Default {@link Waiting#REAL}. */
    public LarderBuilder waiting(Waiting source) {
        waiting = source;
        return this;
    }

    /** Opens the stores of one more scheme, before those found on the class path. */
    public LarderBuilder provider(StoreProvider provider) {
        providers.add(provider);
        return this;
    }

    /**
     * How many loads may run in the background at a time, at least 1; default 64. Beyond, a refresh is left to a later
     * caller, and a load with a timeout runs in its caller's thread, without one.
     */
    public LarderBuilder backgroundLoadsMax(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("backgroundLoadsMax must be at least 1, was " + count);
        }
        backgroundLoadsMax = count;
        return this;
    }

    /** Switches off what a simulation has to find missing; {@link Surroundings#withoutFencing}. */
    LarderBuilder withoutFencing() {
        fencing = false;
        return this;
    }

    /**
     * Opens it.
     *
     * @throws IllegalArgumentException as {@link Larder#open(String)}
     */
    public Larder open() {
        DaemonTimer own = new DaemonTimer();
        Timer later = timer == null ? own : timer;
        Surroundings around = new Surroundings(
                ticker,
                clock,
                random,
                new Background(loadExecutor, backgroundLoadsMax),
                later,
                new Events(listeners),
                new SlowLoads(slowLoads, ticker, later));
        around.waitBy(waiting);
        if (!fencing) {
            around.withoutFencing();
        }
        Stores stores = new Stores(providers);
        StoreContext context = new StoreContext(ticker, clock, executor);
        Map<String, Backend> backends = new HashMap<>();
        try {
            backends.put(
                    "",
                    store == null
                            ? stores.backend(url, context, values, around)
                            : Backend.of(store.getClass().getSimpleName(), store, values, around));
            routes.forEach((prefix, to) -> backends.put(prefix, stores.backend(to, context, values, around)));
        } catch (RuntimeException e) {
            new Routes(backends).close(); // those that were opened
            throw e;
        }
        Routes all = new Routes(backends);
        Larder larder =
                new Larder(all, new LarderHost(all, pipes, context, random, around.background()), pipes, around, own);
        around.events().tell(listener -> listener.onOpened(larder));
        return larder;
    }
}
