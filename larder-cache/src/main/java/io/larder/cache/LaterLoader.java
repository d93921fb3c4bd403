package io.larder.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An {@link AsyncLoader} as the engine calls it: begun without waiting, or waited for by who asks for the value itself. */
final class LaterLoader<K extends @Nullable Object, V extends @Nullable Object> implements ContextLoader<K, V> {
    private final AsyncLoader<? super K, V> loader;

    LaterLoader(AsyncLoader<? super K, V> loader) {
        this.loader = loader;
    }

    /** Begins, and tells the value or the failure, one of them null, to {@code ended} once. */
    void begin(K argument, LoadContext<V> context, BiConsumer<@Nullable V, @Nullable Throwable> ended)
            throws Exception {
        CompletionStage<? extends V> stage = Loading.one(context, () -> stage(argument));
        var unused = stage.whenComplete((value, failure) -> ended.accept(value, cause(failure)));
    }

    @Override
    public V load(K argument, LoadContext<V> context) throws Exception {
        CompletableFuture<? extends V> future = stage(argument).toCompletableFuture();
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw raise(cause(e));
        }
    }

    private CompletionStage<? extends V> stage(K argument) throws Exception {
        CompletionStage<? extends V> stage = loader.load(argument);
        if (stage == null) {
            throw new IllegalStateException("an asynchronous loader returned null in place of its stage");
        }
        return stage;
    }

    /** The failure itself, without what stages put around it. */
    static @Nullable Throwable cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** To be thrown; an {@link Error} is. */
    static Exception raise(@Nullable Throwable failure) {
        if (failure instanceof Error e) {
            throw e;
        }
        return failure instanceof Exception e
                ? e
                : new IllegalStateException("neither an exception nor an error: " + failure, failure);
    }
}
