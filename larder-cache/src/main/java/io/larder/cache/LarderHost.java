package io.larder.cache;

import io.larder.base.Ticker;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Host;
import io.larder.cache.spi.StoreContext;
import java.lang.reflect.Method;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a {@link Larder} lends. Thread-safe. */
final class LarderHost implements Host {
    private final Routes routes;
    private final Pipes pipes;
    private final StoreContext context;
    private final RandomGenerator random;
    private final MemoryCells processCells;

    LarderHost(Routes routes, Pipes pipes, StoreContext context, RandomGenerator random) {
        this.routes = routes;
        this.pipes = pipes;
        this.context = context;
        this.random = random;
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
    }
}
