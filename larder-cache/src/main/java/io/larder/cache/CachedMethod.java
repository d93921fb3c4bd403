package io.larder.cache;

import io.larder.cache.annotation.Cached;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A method with {@link Cached}, read once into what a function needs.
 *
 * @param overloaded whether its interface has another method of its name
 */
record CachedMethod(Class<?> api, Method method, Cached annotation, boolean overloaded) {
    /**
     * The annotated method, or {@code null} if it has no annotation.
     *
     * @throws IllegalArgumentException if the annotation is on the implementation, where the proxy would not see it
     */
    static @Nullable CachedMethod of(Class<?> api, Method method, Class<?> implementation) {
        Cached annotation = method.getAnnotation(Cached.class);
        if (annotation == null) {
            refuseOnImplementation(api, method, implementation);
            return null;
        }
        long namesakes = Arrays.stream(api.getMethods())
                .filter(other -> other.getName().equals(method.getName()) && !other.isBridge())
                .count();
        return new CachedMethod(api, method, annotation, namesakes > 1);
    }

    private static void refuseOnImplementation(Class<?> api, Method method, Class<?> implementation) {
        Method written;
        try {
            written = implementation.getMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            return; // a class that is not public may hide it; then there is nothing to see
        }
        if (written.isAnnotationPresent(Cached.class)) {
            throw new IllegalArgumentException(
                    "@Cached on %s: write it on the interface method %s.%s, the proxy sees no other"
                            .formatted(text(written), api.getSimpleName(), method.getName()));
        }
    }

    /** Builds the function; whatever cannot work is told with the method's name. */
    CachedFunction<@Nullable Object, @Nullable Object> define(
            Definitions definitions, Loader<@Nullable Object, @Nullable Object> loader) {
        try {
            if (method.getReturnType() == void.class) {
                throw new IllegalArgumentException("it returns nothing to cache; remove the annotation");
            }
            Policy policy = Policies.of(annotation);
            boolean named = !annotation.key().isEmpty();
            String template = named ? annotation.key() : defaultTemplate();
            KeyTemplate<@Nullable Object> keys = KeyTemplate.compile(template, KeyScope.ofParameters(method));
            String owner = named ? "" : method.getDeclaringClass().getName() + "." + method.getName();
            return definitions.define(
                    template,
                    owner,
                    keys,
                    Types.boxed(method.getGenericReturnType()),
                    (argument, context) -> loader.load(argument),
                    policy,
                    StoreRule.none());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("@Cached on %s: %s".formatted(text(method), e.getMessage()), e);
        }
    }

    private String defaultTemplate() {
        String name = api.getSimpleName() + "." + method.getName();
        if (overloaded) {
            name += "(" + parameterTypes(method) + ")";
        }
        return name
                + Arrays.stream(method.getParameters())
                        .map(Parameter::getName)
                        .map(":{%s}"::formatted)
                        .collect(Collectors.joining());
    }

    /** As messages name it: {@code OrderService.find(long)}. */
    static String text(Method method) {
        return "%s.%s(%s)"
                .formatted(method.getDeclaringClass().getSimpleName(), method.getName(), parameterTypes(method));
    }

    private static String parameterTypes(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(","));
    }
}
