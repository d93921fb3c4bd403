package io.larder.cache;

import io.larder.cache.spi.InterceptedBy;
import io.larder.cache.spi.Interceptor;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The annotations of other modules that stand at one place around a method. */
record Intercepting(Interceptor.Stage stage) implements Around {
    @Override
    public MethodCall around(AnnotatedCall.Site site, MethodCall inner) {
        List<Annotation> innermostFirst = annotations(site.method())
                .filter(annotation -> of(annotation, site, this::isAt))
                .sorted(Comparator.comparing((Annotation annotation) ->
                                annotation.annotationType().getName())
                        .reversed())
                .toList();
        MethodCall call = inner;
        for (Annotation annotation : innermostFirst) {
            call = around(call, interceptor(annotation, site));
        }
        return call;
    }

    private static MethodCall around(MethodCall inner, Interceptor interceptor) {
        return (target, arguments) ->
                interceptor.around(Arguments.wrap(arguments), () -> inner.with(target, arguments));
    }

    /** Those of a method that others stand behind. */
    static Stream<Annotation> annotations(Method method) {
        return Arrays.stream(method.getAnnotations())
                .filter(annotation -> annotation.annotationType().isAnnotationPresent(InterceptedBy.class));
    }

    private static InterceptedBy by(Annotation annotation) {
        return annotation.annotationType().getAnnotation(InterceptedBy.class);
    }

    private boolean isAt(Annotation annotation, Interceptor.Provider provider) {
        return provider.at(annotation, by(annotation).at()) == stage;
    }

    private static Interceptor interceptor(Annotation annotation, AnnotatedCall.Site site) {
        return of(
                annotation,
                site,
                (it, provider) ->
                        provider.of(it, site.method(), site.definitions().host()));
    }

    /** What its provider says; the annotation and the method are put before a refusal. */
    private static <R> R of(
            Annotation annotation, AnnotatedCall.Site site, BiFunction<Annotation, Interceptor.Provider, R> question) {
        try {
            return question.apply(annotation, provider(by(annotation).value()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "@%s on %s: %s"
                            .formatted(
                                    annotation.annotationType().getSimpleName(),
                                    CachedMethod.text(site.method()),
                                    e.getMessage()),
                    e);
        }
    }

    private static Interceptor.Provider provider(Class<? extends Interceptor.Provider> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "%s cannot be made; let it be a public class with a public constructor without parameters"
                            .formatted(type.getName()),
                    e);
        }
    }
}
