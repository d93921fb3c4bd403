package io.larder.cache;

import io.larder.base.LarderUrl;
import io.larder.base.Suggestion;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the store for a URL: {@code mem:}, {@code null:}, {@code tiered:} and {@code chaos:} here, all others by {@link ServiceLoader}. */
final class Stores {
    /** Stores of ours that come with a dependency of their own. */
    private static final Map<String, String> DEPENDENCIES = Map.of("memcached", "io.larder:larder-cache-memcached");

    private static final String TIERED = "tiered";
    private static final String CHAOS = "chaos";

    /** How long a copy in the process may live unless the URL says otherwise: nothing tells it of other processes' writes. */
    private static final String NEAR_TTL_DEFAULT = "5s";

    private final List<StoreProvider> given;

    /** With providers of the program's own, which come before those that are found. */
    Stores(List<StoreProvider> given) {
        this.given = List.copyOf(given);
    }

    /**
     * The store or stores of a URL, ready for use.
     *
     * @throws IllegalArgumentException as {@link Larder#open(String)}
     */
    Backend backend(String text, StoreContext context, Values values, Surroundings around) {
        String scheme = LarderUrl.parse(text).scheme();
        if (!scheme.equals(TIERED)) {
            Values own = values.of(innermost(text));
            return Backend.of(scheme + ":", openForValues(text, context), own, around);
        }
        String urls = text.substring(text.indexOf(':') + 1);
        int comma = urls.indexOf(',');
        String near = comma < 0 ? urls : urls.substring(0, comma).strip();
        if (comma < 0 || !near.startsWith("mem:")) {
            throw new IllegalArgumentException(
                    "tiered: is a store in this process and one outside; write tiered:mem:?size=10000,memcached://host:11211");
        }
        if (LarderUrl.parse(near).options().text("max") != null) {
            throw new IllegalArgumentException(
                    "tiered: keeps its copies as objects, bounded by their number; write tiered:mem:?size=10000 instead of max");
        }
        if (!near.contains("ttlMax=")) {
            near += (near.contains("?") ? "&" : "?") + "ttlMax=" + NEAR_TTL_DEFAULT;
        }
        String far = urls.substring(comma + 1).strip();
        Values own = values.of(innermost(far));
        boolean isHere = innermost(far).scheme().equals("mem");
        if (isHere || !(openForValues(far, context) instanceof ByteStore bytes)) {
            throw new IllegalArgumentException(
                    "tiered: has %s: behind mem:, which is in this process too; write mem: alone"
                            .formatted(LarderUrl.parse(far).scheme()));
        }
        String name = "tiered:mem:," + LarderUrl.parse(far).scheme() + ":";
        return Backend.tiered(name, (ObjectStore) open(near, context), bytes, own, around);
    }

    /** The URL of the store that really keeps something. */
    private static LarderUrl innermost(String text) {
        String inner = text.strip();
        while (LarderUrl.parse(inner).scheme().equals(CHAOS)) {
            inner = Chaos.inner(inner);
        }
        return LarderUrl.parse(inner);
    }

    /** A store by its URL, without the options that say how values are written; a store that writes none refuses them. */
    private Store<?> openForValues(String text, StoreContext context) {
        String rest = Values.without(text);
        Store<?> store = open(rest, context);
        if (store instanceof ObjectStore && !rest.equals(text)) {
            store.close();
            throw new IllegalArgumentException(
                    "%s: keeps objects as they are, in this process; leave out %s, or write mem:?max=64MB or a store outside"
                            .formatted(LarderUrl.parse(text).scheme(), String.join(", ", Values.OPTIONS)));
        }
        return store;
    }

    Store<?> open(String text, StoreContext context) {
        String scheme = LarderUrl.parse(text).scheme();
        if (scheme.equals(CHAOS)) {
            return Chaos.open(text.strip(), inner -> open(inner, context));
        }
        Map<String, StoreProvider> providers = own();
        if (!providers.containsKey(scheme)) {
            addFound(providers); // searches the class path, which takes longer than all else here
        }
        StoreProvider provider = providers.get(scheme);
        if (provider == null) {
            throw new IllegalArgumentException(missing(scheme, providers));
        }
        return provider.open(text, context);
    }

    private Map<String, StoreProvider> own() {
        Map<String, StoreProvider> providers = new TreeMap<>();
        // built in rather than a service: a jar merged without its service files still has mem:
        for (StoreProvider own : new StoreProvider[] {new MemoryStoreProvider(), new NullStore.Provider()}) {
            providers.put(own.scheme(), own);
        }
        given.forEach(one -> providers.putIfAbsent(one.scheme(), one));
        return providers;
    }

    private static void addFound(Map<String, StoreProvider> providers) {
        for (StoreProvider found : ServiceLoader.load(StoreProvider.class, StoreProvider.class.getClassLoader())) {
            providers.putIfAbsent(found.scheme(), found);
        }
        for (StoreProvider found : ServiceLoader.load(StoreProvider.class)) { // the context class loader's
            providers.putIfAbsent(found.scheme(), found);
        }
    }

    private static String missing(String scheme, Map<String, StoreProvider> providers) {
        String dependency = DEPENDENCIES.get(scheme);
        if (dependency != null) {
            return "no store for %s: on the class path; add the dependency %s".formatted(scheme, dependency);
        }
        TreeSet<String> known = new TreeSet<>(providers.keySet());
        known.addAll(DEPENDENCIES.keySet());
        known.add(TIERED);
        known.add(CHAOS);
        return "no store for %s: on the class path; %s".formatted(scheme, Suggestion.of(scheme, known));
    }
}
