package io.larder.toolbox;

import io.larder.cache.spi.Interceptor;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a method answers: by its result, or by a stage that ends later. Immutable.
 *
 * @param isLater whether it returns a stage
 */
record Results(boolean isLater) {
    /**
     * How this method answers.
     *
     * @throws IllegalArgumentException if the end of its work could not be seen
     */
    static Results of(Method method) {
        Class<?> type = method.getReturnType();
        boolean isLater = type == CompletionStage.class || type == CompletableFuture.class;
        if (!isLater
                && (Future.class.isAssignableFrom(type)
                        || CompletionStage.class.isAssignableFrom(type)
                        || Flow.Publisher.class.isAssignableFrom(type))) {
            throw new IllegalArgumentException(
                    "it returns a %s, whose end cannot be seen; return a CompletionStage or CompletableFuture"
                            .formatted(type.getSimpleName()));
        }
        return new Results(isLater);
    }

    /** Tells the caller of a refusal: in the stage, where the method returns one. */
    @SuppressWarnings("FutureReturnValueIgnored") // the method's caller gets it as what the method declares
    Object refused(RefusedException refusal) {
        if (isLater) {
            return CompletableFuture.failedFuture(refusal);
        }
        throw refusal;
    }

    /**
     * Makes a call and tells how it ended, null for well, before its caller knows. What {@code ended} raises reaches the caller,
     * beside a failure of the call.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // as above
    @Nullable
    Object ending(Interceptor.Next next, Consumer<@Nullable Throwable> ended) throws Throwable {
        Object result;
        try {
            result = next.call();
        } catch (Throwable e) {
            throw told(e, ended);
        }
        if (isLater && result instanceof CompletionStage<?> stage) {
            return ending(stage, ended);
        }
        Throwable failure = told(null, ended);
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    private static CompletableFuture<@Nullable Object> ending(
            CompletionStage<?> stage, Consumer<@Nullable Throwable> ended) {
        CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();
        var unused = stage.whenComplete((value, failure) -> {
            Throwable told = told(bare(failure), ended);
            if (told == null) {
                outcome.complete(value);
            } else {
                outcome.completeExceptionally(told);
            }
        });
        return outcome;
    }

    private static @Nullable Throwable told(@Nullable Throwable failure, Consumer<@Nullable Throwable> ended) {
        try {
            ended.accept(failure);
            return failure;
        } catch (RuntimeException e) {
            if (failure == null) {
                return e;
            }
            failure.addSuppressed(e);
            return failure;
        }
    }

    /** Without what a stage puts around what another raised. */
    static @Nullable Throwable bare(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
