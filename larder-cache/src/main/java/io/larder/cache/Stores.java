package io.larder.cache;

import io.larder.base.LarderUrl;
import io.larder.base.Suggestion;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the store for a URL: {@code mem:} here, all others by {@link ServiceLoader}. */
final class Stores {
    /** Stores of ours that come with a dependency of their own. */
    private static final Map<String, String> DEPENDENCIES = Map.of("memcached", "io.larder:larder-cache-memcached");

    private Stores() {}

    static Store<?> open(String text, StoreContext context) {
        String scheme = LarderUrl.parse(text).scheme();
        Map<String, StoreProvider> providers = providers();
        StoreProvider provider = providers.get(scheme);
        if (provider == null) {
            throw new IllegalArgumentException(missing(scheme, providers));
        }
        return provider.open(text, context);
    }

    private static Map<String, StoreProvider> providers() {
        Map<String, StoreProvider> providers = new TreeMap<>();
        // built in rather than a service: a jar merged without its service files still has mem:
        StoreProvider memory = new MemoryStoreProvider();
        providers.put(memory.scheme(), memory);
        for (StoreProvider found : ServiceLoader.load(StoreProvider.class, StoreProvider.class.getClassLoader())) {
            providers.putIfAbsent(found.scheme(), found);
        }
        for (StoreProvider found : ServiceLoader.load(StoreProvider.class)) { // the context class loader's
            providers.putIfAbsent(found.scheme(), found);
        }
        return providers;
    }

    private static String missing(String scheme, Map<String, StoreProvider> providers) {
        String dependency = DEPENDENCIES.get(scheme);
        if (dependency != null) {
            return "no store for %s: on the class path; add the dependency %s".formatted(scheme, dependency);
        }
        TreeMap<String, Object> known = new TreeMap<>(providers);
        known.putAll(DEPENDENCIES);
        return "no store for %s: on the class path; %s".formatted(scheme, Suggestion.of(scheme, known.keySet()));
    }
}
