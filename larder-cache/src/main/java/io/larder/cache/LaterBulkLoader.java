package io.larder.cache;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** An {@link AsyncBulkLoader} as the engine calls it: begun without waiting, or waited for by who asks for the values himself. */
final class LaterBulkLoader<K extends @Nullable Object, V extends @Nullable Object> implements BulkLoader<K, V> {
    private final AsyncBulkLoader<K, V> loader;

    LaterBulkLoader(AsyncBulkLoader<K, V> loader) {
        this.loader = loader;
    }

    @Override
    public Map<K, V> loadAll(Collection<K> arguments) throws Exception {
        try {
            return stage(arguments).toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw LaterLoader.raise(LaterLoader.cause(e));
        }
    }

    CompletionStage<? extends Map<K, V>> stage(Collection<K> arguments) throws Exception {
        CompletionStage<? extends Map<K, V>> stage = loader.loadAll(arguments);
        if (stage == null) {
            throw new IllegalStateException("an asynchronous loader returned null in place of its stage");
        }
        return stage;
    }
}
