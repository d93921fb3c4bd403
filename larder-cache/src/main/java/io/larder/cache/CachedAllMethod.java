package io.larder.cache;

import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.CachedAll;
import io.larder.cache.annotation.Invalidates;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A method with {@link CachedAll}, read once. The function behind it has {@link Arguments} for one element: those of the
 * method, with the element in place of the collection. Immutable.
 */
final class CachedAllMethod {
    private final Method method;
    private final int many; // the index of the collection
    private final boolean isLater;
    private final boolean returnsMap;
    private final MethodCall inner;
    private final CachedFunction<Arguments, @Nullable Object> function;

    private CachedAllMethod(Method method, CachedAll annotation, Definitions definitions, MethodCall inner) {
        this.method = method;
        this.inner = inner;
        this.many = many(method);
        this.isLater = CachedMethod.isLater(method);
        Type returned = isLater ? Types.argument(method.getGenericReturnType(), 0) : method.getGenericReturnType();
        this.returnsMap = Types.raw(returned) == Map.class;
        if (!returnsMap && Types.raw(returned) != List.class) {
            throw new IllegalArgumentException(
                    "it returns %s; return a List with one element for each argument, a Map, or a CompletionStage of one of them"
                            .formatted(Types.text(method.getGenericReturnType())));
        }
        if (annotation.chunk() < 1) {
            throw new IllegalArgumentException("chunk must be at least 1, was " + annotation.chunk());
        }
        KeyScope scope = scope(definitions.pipes());
        BulkLoader<Arguments, @Nullable Object> loader =
                isLater ? new LaterBulkLoader<>(this::begin) : each -> values(each, ask(each));
        this.function = definitions.define(new Definitions.Plan<>(
                annotation.key(),
                "",
                keys(annotation.key(), scope),
                Tagging.of(List.of(annotation.tags()), annotation.namespace(), scope),
                Types.boxed(Types.argument(returned, returnsMap ? 1 : 0)),
                annotation.codec(),
                Bulk.alone(loader),
                new Bulk<>(loader, annotation.chunk()),
                Policies.of(annotation),
                StoreRule.none()));
    }

    /** The call through the function of the elements, or {@code inner} itself; whatever cannot work is told with its name. */
    static MethodCall around(AnnotatedCall.Site site, MethodCall inner) {
        Method method = site.method();
        CachedAll annotation = method.getAnnotation(CachedAll.class);
        if (annotation == null) {
            return inner;
        }
        try {
            refuseOthers(method);
            return new CachedAllMethod(method, annotation, site.definitions(), inner)::call;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "@CachedAll on %s: %s".formatted(CachedMethod.text(method), e.getMessage()), e);
        }
    }

    private static void refuseOthers(Method method) {
        if (method.isAnnotationPresent(Cached.class)) {
            throw new IllegalArgumentException(
                    "it has @Cached too; write that on a method for one element, with the same key");
        }
        if (method.getAnnotationsByType(Invalidates.class).length > 0) {
            throw new IllegalArgumentException(
                    "it has @Invalidates too, so a hit would not reach it; write the two on different methods");
        }
    }

    private static int many(Method method) {
        int[] collections = IntStream.range(0, method.getParameterCount())
                .filter(i -> Set.of(List.class, Set.class, Collection.class).contains(method.getParameterTypes()[i]))
                .toArray();
        if (collections.length != 1) {
            throw new IllegalArgumentException(
                    "it has %d parameters that are a List, Set or Collection; it needs exactly one, with the arguments"
                            .formatted(collections.length));
        }
        return collections[0];
    }

    private KeyTemplate<Arguments> keys(String template, KeyScope scope) {
        KeyTemplate<Arguments> keys = KeyTemplate.compile(template, scope);
        String elements = method.getParameters()[many].getName();
        if (!KeyTemplate.roots(template).contains(elements)) {
            throw new IllegalArgumentException(
                    "key template \"%s\" does not use {%s}, so all elements would share one entry; write it in, like \"%s:{%s}\""
                            .formatted(template, elements, template, elements));
        }
        return keys;
    }

    private KeyScope scope(Pipes pipes) {
        Map<String, KeyScope.Root> roots = new LinkedHashMap<>();
        Parameter[] parameters = method.getParameters();
        Type[] types = method.getGenericParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
            int index = i;
            Type type = i == many ? Types.argument(types[i], 0) : types[i];
            roots.put(
                    parameters[i].getName(),
                    new KeyScope.Root(Types.boxed(type), Optional.of(arguments -> ((Arguments) arguments).get(index))));
        }
        return new KeyScope(roots, "parameters are " + roots.keySet(), pipes);
    }

    /** The method's answer, from what is cached and what had to be loaded. */
    private Object call(@Nullable Object target, @Nullable Object[] arguments) throws Exception {
        Collection<?> elements = (Collection<?>) Objects.requireNonNull(
                arguments[many], () -> method.getName() + " was called with null in place of its arguments");
        List<Arguments> each = new ArrayList<>(elements.size());
        for (Object element : elements) {
            each.add(with(target, arguments, element));
        }
        if (!isLater) {
            return answer(each, function.fetchAll(each));
        }
        return later(each);
    }

    /** By a future of its own, so that it fails with the failure itself. */
    @SuppressWarnings("FutureReturnValueIgnored") // the method's caller gets it as what the method declares
    private Object later(List<Arguments> each) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        var unused = function.getAllAsync(each).whenComplete((values, failure) -> {
            if (failure == null) {
                answer.complete(answer(each, values));
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    private Object answer(List<Arguments> each, Map<Arguments, @Nullable Object> values) {
        if (!returnsMap) {
            List<@Nullable Object> list = new ArrayList<>(each.size());
            each.forEach(one -> list.add(values.get(one)));
            return list;
        }
        Map<@Nullable Object, Object> map = new LinkedHashMap<>();
        values.forEach((one, value) -> {
            if (value != null) {
                map.put(one.get(many), value);
            }
        });
        return map;
    }

    private Arguments with(@Nullable Object target, @Nullable Object[] arguments, @Nullable Object element) {
        @Nullable Object[] one = arguments.clone();
        one[many] = element;
        return Arguments.wrap(target, one);
    }

    /** Calls the method for the elements; they come from one call, so their other arguments are the same. */
    private @Nullable Object ask(Collection<Arguments> each) throws Exception {
        List<@Nullable Object> elements = new ArrayList<>();
        each.forEach(one -> elements.add(one.get(many)));
        Arguments first = each.iterator().next();
        @Nullable Object[] arguments = first.values().clone();
        arguments[many] = method.getParameterTypes()[many] == Set.class ? new LinkedHashSet<>(elements) : elements;
        return Loading.renamed(
                one -> one instanceof Arguments named ? named.get(many) : one,
                () -> inner.load(first.target(), arguments));
    }

    /** As {@link #ask}, of a method that answers later. */
    private CompletionStage<Map<Arguments, @Nullable Object>> begin(Collection<Arguments> each) throws Exception {
        CompletionStage<?> stage = (CompletionStage<?>) ask(each);
        if (stage == null) {
            throw new IllegalStateException(
                    CachedMethod.text(method) + " returned null in place of its future; return one that is complete");
        }
        return stage.thenApply(answer -> values(each, answer));
    }

    private Map<Arguments, @Nullable Object> values(Collection<Arguments> each, @Nullable Object answer) {
        Map<Arguments, @Nullable Object> values = new HashMap<>();
        if (answer instanceof Map<?, ?> map) {
            each.forEach(one -> values.put(one, map.get(one.get(many))));
            return values;
        }
        List<?> list = answer instanceof List<?> l ? l : List.of();
        if (list.size() != each.size()) {
            throw new IllegalStateException(
                    "%s returned %d elements for %d arguments; return one for each, null where there is none, or a Map"
                            .formatted(CachedMethod.text(method), list.size(), each.size()));
        }
        int i = 0;
        for (Arguments one : each) {
            values.put(one, list.get(i++));
        }
        return values;
    }
}
