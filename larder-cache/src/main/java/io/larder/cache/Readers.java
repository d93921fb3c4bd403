package io.larder.cache;

import io.larder.base.Printable;
import io.larder.base.Suggestion;
import java.lang.reflect.Method;
import java.util.List;

/** Finds the cached method that {@code "AccountService#account"} names. */
final class Readers {
    private Readers() {}

    /**
     * The method.
     *
     * @param name as written in an annotation
     * @param from the interface with the annotation: its own name and its package are looked into first
     * @throws IllegalArgumentException if there is no such method, more than one, or it is not cached
     */
    static CachedMethod find(String name, Class<?> from) {
        int hash = name.indexOf('#');
        if (hash < 0 || hash == name.length() - 1) {
            throw new IllegalArgumentException(
                    "\"%s\" names no method; write it like \"AccountService#account\"".formatted(Printable.of(name)));
        }
        Class<?> api = type(name.substring(0, hash), from);
        String signature = name.substring(hash + 1);
        List<CachedMethod> cached = CachedMethod.methods(api)
                .map(method -> CachedMethod.annotated(api, method))
                .flatMap(java.util.Optional::stream)
                .toList();
        List<CachedMethod> matches = cached.stream()
                .filter(found -> matches(signature, found.method()))
                .toList();
        if (matches.size() > 1) {
            throw new IllegalArgumentException("%d methods of %s match \"%s\"; add the parameter types, like \"%s\""
                    .formatted(
                            matches.size(),
                            api.getSimpleName(),
                            signature,
                            CachedMethod.text(matches.get(0).method()).replace('.', '#')));
        }
        if (matches.isEmpty()) {
            List<String> names =
                    cached.stream().map(found -> found.method().getName()).toList();
            throw new IllegalArgumentException("%s has no method \"%s\" with @Cached; %s"
                    .formatted(
                            api.getSimpleName(),
                            Printable.of(signature),
                            names.isEmpty() ? "it has none at all" : Suggestion.of(signature, names)));
        }
        return matches.get(0);
    }

    private static boolean matches(String signature, Method method) {
        return signature.equals(method.getName())
                || CachedMethod.text(method).endsWith("." + signature.replace(" ", ""));
    }

    private static Class<?> type(String name, Class<?> from) {
        if (name.isEmpty() || name.equals(from.getSimpleName())) {
            return from;
        }
        String nested = from.getName()
                        .substring(
                                0,
                                from.getName().length() - from.getSimpleName().length())
                + name;
        for (String candidate : List.of(name, nested, from.getPackageName() + "." + name)) {
            try {
                return Class.forName(candidate, false, from.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                // perhaps the next; LinkageError: on file systems that do not tell case apart
            }
        }
        throw new IllegalArgumentException("there is no %s beside %s; write its full name, like \"com.shop.%s#...\""
                .formatted(Printable.of(name), from.getSimpleName(), Printable.of(name)));
    }
}
