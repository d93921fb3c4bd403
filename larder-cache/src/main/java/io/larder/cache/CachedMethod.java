package io.larder.cache;

import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.CachedAll;
import io.larder.cache.annotation.Invalidates;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A method with {@link Cached}, read once into what a function needs.
 *
 * @param overloaded whether its interface has another method of its name
 */
record CachedMethod(Class<?> api, Method method, Cached annotation, boolean overloaded) {
    private static final @Nullable Object[] NO_ARGUMENTS = {};

    /** The annotated method, or {@code null} if it has no annotation. */
    static @Nullable CachedMethod of(AnnotatedCall.Site site) {
        return annotated(site.api(), site.method()).orElse(null);
    }

    /** The method of a type, if it is annotated. */
    static Optional<CachedMethod> annotated(Class<?> api, Method method) {
        return Optional.ofNullable(method.getAnnotation(Cached.class))
                .map(annotation -> new CachedMethod(api, method, annotation, isOverloaded(api, method)));
    }

    private static boolean isOverloaded(Class<?> api, Method method) {
        return methods(api)
                        .filter(other -> other.getName().equals(method.getName()))
                        .count()
                > 1;
    }

    /** The methods that may be annotated: of an interface all, of a class its own and what it inherits in public. */
    static Stream<Method> methods(Class<?> api) {
        Stream<Method> own = api.isInterface() ? Stream.empty() : Arrays.stream(api.getDeclaredMethods());
        return Stream.concat(Arrays.stream(api.getMethods()), own).distinct().filter(method -> !method.isSynthetic());
    }

    /**
     * Refuses annotations on an implementation, where the proxy of the interface would not see them.
     *
     * @throws IllegalArgumentException if there is one
     */
    static void refuseOnImplementation(Class<?> api, Method method, Class<?> implementation) {
        Method written;
        try {
            written = implementation.getMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            return; // a class that is not public may hide it; then there is nothing to see
        }
        if (written.equals(method)) {
            return; // a default method of the interface itself
        }
        if (WovenClass.isWoven(written.getDeclaringClass())) {
            return; // they work there
        }
        Stream<Class<? extends Annotation>> own = method.isAnnotationPresent(Cached.class)
                ? Stream.empty()
                : Stream.of(Cached.class, CachedAll.class, Invalidates.class);
        Stream<Class<? extends Annotation>> others = Intercepting.annotations(written)
                .<Class<? extends Annotation>>map(Annotation::annotationType)
                .filter(type -> !method.isAnnotationPresent(type));
        for (Class<? extends Annotation> type : Stream.concat(own, others).toList()) {
            if (written.getAnnotationsByType(type).length > 0) {
                throw new IllegalArgumentException(
                        "@%s on %s: write it on the interface method %s.%s, the proxy sees no other"
                                .formatted(type.getSimpleName(), text(written), api.getSimpleName(), method.getName()));
            }
        }
    }

    /** Builds the function; whatever cannot work is told with the method's name. */
    CachedFunction<@Nullable Object, @Nullable Object> function(AnnotatedCall.Site site, MethodCall inner) {
        Definitions definitions = site.definitions();
        try {
            if (method.getReturnType() == void.class) {
                throw new IllegalArgumentException("it returns nothing to cache; remove the annotation");
            }
            KeyScope scope = KeyScope.ofParameters(method, isBare(site)).with(definitions.pipes());
            Tagging<@Nullable Object> tags = Tagging.of(List.of(annotation.tags()), annotation.namespace(), scope);
            Loader<@Nullable Object, @Nullable Object> loader = loader(site, inner);
            return define(
                    definitions,
                    scope,
                    tags,
                    isLater()
                            ? new LaterLoader<>(argument -> Nulls.cast(loader.load(argument)))
                            : (argument, context) -> loader.load(argument));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("@Cached on %s: %s".formatted(text(method), e.getMessage()), e);
        }
    }

    /** Whether the function's argument is the method's only one, not {@link Arguments} of it. */
    private boolean isBare(AnnotatedCall.Site site) {
        return site.isBound() && method.getParameterCount() == 1;
    }

    private Loader<@Nullable Object, @Nullable Object> loader(AnnotatedCall.Site site, MethodCall inner) {
        if (isBare(site)) {
            return argument -> Nulls.cast(inner.load(null, new @Nullable Object[] {argument}));
        }
        return argument -> Nulls.cast(
                argument instanceof Arguments several
                        ? inner.load(several.target(), several.values())
                        : inner.load(null, NO_ARGUMENTS));
    }

    /** Calls of the method, through its function. */
    MethodCall around(AnnotatedCall.Site site, CachedFunction<@Nullable Object, @Nullable Object> function) {
        if (isLater()) {
            boolean isBare = isBare(site);
            return (target, arguments) -> ask(function, isBare ? arguments[0] : Arguments.wrap(target, arguments));
        }
        if (isBare(site)) {
            return (target, arguments) -> function.fetch(arguments[0]);
        }
        return (target, arguments) -> function.fetch(Arguments.wrap(target, arguments));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the method's caller gets it as what the method declares
    private static Object ask(CachedFunction<@Nullable Object, @Nullable Object> function, @Nullable Object argument) {
        return function.getAsync(Nulls.cast(argument));
    }

    /** The function with another argument, of which the key is made through {@code scope}; to invalidate, not to load. */
    CachedFunction<Invocation, @Nullable Object> defineFor(Definitions definitions, KeyScope scope) {
        Tagging<Invocation> namespace =
                Tagging.of(List.of(), annotation.namespace(), scope); // its tags the entry knows
        return define(definitions, scope, namespace, (call, context) -> {
            throw new IllegalStateException(text(method) + " is loaded by its own proxy");
        });
    }

    private <K extends @Nullable Object> CachedFunction<K, @Nullable Object> define(
            Definitions definitions, KeyScope scope, Tagging<K> tags, ContextLoader<K, @Nullable Object> loader) {
        return definitions.define(new Definitions.Plan<>(
                template(),
                annotation.key().isEmpty() ? method.getDeclaringClass().getName() + "." + method.getName() : "",
                KeyTemplate.compile(template(), scope),
                tags,
                valueType(),
                annotation.codec(),
                loader,
                null,
                Policies.of(annotation),
                StoreRule.none()));
    }

    /** Whether it returns its value later; a future of another kind has no way to tell when it is there. */
    private boolean isLater() {
        return isLater(method);
    }

    /** Whether a method returns its value later. */
    static boolean isLater(Method method) {
        return method.getReturnType() == CompletionStage.class || method.getReturnType() == CompletableFuture.class;
    }

    private Type valueType() {
        Type returned = method.getGenericReturnType();
        return Types.boxed(isLater() ? Types.argument(returned, 0) : returned);
    }

    String template() {
        return annotation.key().isEmpty() ? defaultTemplate() : annotation.key();
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
