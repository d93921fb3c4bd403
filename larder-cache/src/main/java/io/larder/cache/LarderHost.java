package io.larder.cache;

import io.larder.base.Ticker;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Host;
import io.larder.cache.spi.StoreContext;
import java.lang.reflect.Method;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a {@link Larder} lends. Thread-safe. */
final class LarderHost implements Host {
    private final Routes routes;
    private final Pipes pipes;
    private final StoreContext context;
    private final RandomGenerator random;
    private final MemoryCells processCells;
    private final Background background;
    private final Map<Class<?>, Object> attached = new ConcurrentHashMap<>(); // a few: one a class of the modules above

    LarderHost(Routes routes, Pipes pipes, StoreContext context, RandomGenerator random, Background background) {
        this.routes = routes;
        this.pipes = pipes;
        this.context = context;
        this.random = random;
        this.background = background;
        this.processCells = new MemoryCells(MemoryCells.CELLS_DEFAULT, context);
    }

    @Override
    public Ticker ticker() {
        return context.ticker();
    }

    @Override
    public InstantSource clock() {
        return context.clock();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public boolean tryRun(Runnable task) {
        return background.tryRun(task);
    }

    @Override
    public <T> T attached(Class<T> type, Supplier<? extends T> first) {
        return type.cast(attached.computeIfAbsent(type, key -> first.get()));
    }

    @Override
    public Cells processCells() {
        return processCells;
    }

    @Override
    public <K extends @Nullable Object> CellSpace<K> cells(String kind, String template, Class<K> keyType) {
        return space(kind, template, KeyScope.ofArgument(Types.boxed(keyType)));
    }

    @Override
    public CellSpace<Arguments> cells(String kind, String template, Method method) {
        return space(kind, template, KeyScope.ofParameters(method, false));
    }

    @Override
    public <K extends @Nullable Object> CellSpace<K> processCells(String kind, String template, Class<K> keyType) {
        return inProcess(kind, template, KeyScope.ofArgument(Types.boxed(keyType)));
    }

    @Override
    public CellSpace<Arguments> processCells(String kind, String template, Method method) {
        return inProcess(kind, template, KeyScope.ofParameters(method, false));
    }

    private <K extends @Nullable Object> CellSpace<K> inProcess(String kind, String template, KeyScope scope) {
        return new Space<>(
                KeyTemplate.compileMarker(Markers.SIGN + kind + ":", template, scope.with(pipes)), processCells);
    }

    private <K extends @Nullable Object> CellSpace<K> space(String kind, String template, KeyScope scope) {
        String prefix = Markers.SIGN + kind + ":";
        KeyTemplate<K> keys = KeyTemplate.compileMarker(prefix, template, scope.with(pipes));
        String route = routes.prefixOf(template, keys.head().substring(prefix.length()));
        Cells cells = routes.backend(route).cells(template);
        return new Space<>(keys, cells);
    }

    private static String withSuffix(String key, String suffix) {
        if (suffix.isEmpty()) {
            return key;
        }
        KeyWriter out = new KeyWriter(key.length() + suffix.length());
        out.raw(key);
        out.raw(suffix);
        return out.finish();
    }

    private record Space<K extends @Nullable Object>(KeyTemplate<K> keys, Cells cells) implements CellSpace<K> {
        @Override
        public String key(K argument, String suffix) {
            return withSuffix(keys.render(argument), suffix);
        }

        @Override
        public String shape() {
            return keys.shape();
        }
    }
}
