package io.larder.cache;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The load that runs in a thread, as {@link LoadContext#current} and {@link LoadContext#currentOf} find it: the innermost, for a
 * loader may ask other cached functions. Confined to its thread.
 */
final class Loading {
    private static final ThreadLocal<Loading> CURRENT = new ThreadLocal<>();
    private static final Loading NONE = new Loading(null, Map.of());

    private final @Nullable LoadContext<?> one; // of a loader of one
    private final Map<? extends @Nullable Object, ? extends LoadContext<?>> many; // of a loader of many, by argument

    private Loading(@Nullable LoadContext<?> one, Map<? extends @Nullable Object, ? extends LoadContext<?>> many) {
        this.one = one;
        this.many = many;
    }

    /** Calls a loader of one value. */
    static <R extends @Nullable Object> R one(LoadContext<?> context, Callable<R> loader) throws Exception {
        return new Loading(context, Map.of()).call(loader);
    }

    /** Calls a loader of many values. */
    static <R extends @Nullable Object> R many(
            Map<? extends @Nullable Object, ? extends LoadContext<?>> contexts, Callable<R> loader) throws Exception {
        return new Loading(null, contexts).call(loader);
    }

    /** Calls a loader of many values for one, in a load of one. */
    static <R extends @Nullable Object> R manyOfOne(@Nullable Object argument, Callable<R> loader) throws Exception {
        Loading now = now();
        return now.one == null ? none(loader) : many(Collections.singletonMap(argument, now.one), loader);
    }

    /** Calls a loader of many that knows the arguments by other names. */
    static <R extends @Nullable Object> R renamed(UnaryOperator<@Nullable Object> name, Callable<R> loader)
            throws Exception {
        Map<@Nullable Object, LoadContext<?>> contexts = new HashMap<>();
        now().many.forEach((argument, context) -> contexts.put(name.apply(argument), context));
        return many(contexts, loader);
    }

    /** Calls what is not to speak for the load around it. */
    static <R extends @Nullable Object> R none(Callable<R> loader) throws Exception {
        return NONE.call(loader);
    }

    private <R extends @Nullable Object> R call(Callable<R> loader) throws Exception {
        @Nullable Loading before = CURRENT.get();
        CURRENT.set(this);
        try {
            return loader.call();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }

    private static Loading now() {
        @Nullable Loading now = CURRENT.get();
        return now == null ? NONE : now;
    }

    /** Whether a load runs in this thread. */
    static boolean isRunning() {
        Loading now = now();
        return now.one != null || !now.many.isEmpty();
    }

    static LoadContext<?> current() {
        Loading now = now();
        if (now.one != null) {
            return now.one;
        }
        throw now.many.isEmpty()
                ? nothing("current()")
                : new IllegalStateException(
                        "this load is of many arguments, each with a context of its own; write LoadContext.currentOf(argument)");
    }

    static LoadContext<?> currentOf(@Nullable Object argument) {
        Loading now = now();
        if (now.one != null) {
            throw new IllegalStateException("this load is of one argument; write LoadContext.current()");
        }
        if (now.many.isEmpty()) {
            throw nothing("currentOf(argument)");
        }
        LoadContext<?> context = now.many.get(argument);
        if (context == null) {
            throw new IllegalArgumentException(
                    "currentOf was given none of the %d arguments of this load; write one that the loader was called with"
                            .formatted(now.many.size()));
        }
        return context;
    }

    private static IllegalStateException nothing(String verb) {
        return new IllegalStateException(
                "LoadContext.%s outside a load; call it in the code behind a cached method or function, in the thread that was called, or ask LoadContext.isLoading() before"
                        .formatted(verb));
    }
}
