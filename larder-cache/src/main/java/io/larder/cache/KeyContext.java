package io.larder.cache;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values that belong to the work of a thread and not to one call, like a tenant, for key templates to name with an at sign:
 * {@code "account:{@tenant}:{key}"}.
 *
 * <pre>{@code
 * try (Scope tenant = KeyContext.with("tenant", "acme")) {
 *     accounts.get(7L); // account:acme:7
 * }
 * }</pre>
 *
 * <p>A template that names a value which is not set raises an {@link IllegalStateException} at the call: an empty one would mix
 * tenants. Other threads do not see it, unless work is taken there by {@link Larder#carrying(Runnable)}.
 */
public final class KeyContext {
    private static final ThreadLocal<Map<String, String>> VALUES = new ThreadLocal<>();

    private KeyContext() {}

    /** Sets a value for this thread until the scope is closed; an outer one of the same name is back then. */
    public static Scope with(String name, String value) {
        Map<String, String> next = new HashMap<>(current());
        next.put(name, value);
        return enter(Map.copyOf(next));
    }

    static Map<String, String> current() {
        Map<String, String> values = VALUES.get();
        return values == null ? Map.of() : values;
    }

    static Scope enter(Map<String, String> values) {
        @Nullable Map<String, String> before = VALUES.get();
        Thread thread = Thread.currentThread();
        VALUES.set(values);
        boolean[] closed = {false};
        return () -> {
            if (Thread.currentThread() != thread) {
                throw new IllegalStateException(
                        "a key context begun by thread %s was closed by %s; close it where it was opened"
                                .formatted(
                                        thread.getName(), Thread.currentThread().getName()));
            }
            if (closed[0]) {
                return;
            }
            closed[0] = true;
            if (before == null) {
                VALUES.remove();
            } else {
                VALUES.set(before);
            }
        };
    }

    /** The work, with the values of this thread, whichever runs it. */
    static Runnable carrying(Runnable work) {
        Map<String, String> values = current();
        return () -> {
            Scope scope = enter(values);
            try {
                work.run();
            } finally {
                scope.close();
            }
        };
    }

    /** The value, as a key template reads it. */
    static String value(String name) {
        String value = current().get(name);
        if (value == null) {
            throw new IllegalStateException(
                    "the key needs {@%s}, which this thread has not set; call inside KeyContext.with(\"%s\", ...)"
                            .formatted(name, name));
        }
        return value;
    }
}
