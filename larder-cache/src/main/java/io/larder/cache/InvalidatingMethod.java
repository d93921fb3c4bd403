package io.larder.cache;

import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.Invalidates;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A method with {@link Invalidates}, read once into what is done before and after its calls. Immutable. */
final class InvalidatingMethod {
    private static final String RESULT = "result";

    private final List<Consumer<Invocation>> before = new ArrayList<>();
    private final List<Consumer<Invocation>> after = new ArrayList<>();
    private final Control control;

    private InvalidatingMethod(Control control) {
        this.control = control;
    }

    /** The call with its invalidations, or {@code inner} itself; whatever cannot work is told with the method's name. */
    static MethodCall around(AnnotatedCall.Site site, MethodCall inner) {
        InvalidatingMethod all = of(site.api(), site.method(), site.definitions());
        if (all == null) {
            return inner;
        }
        return (target, arguments) -> {
            all.before(arguments);
            return all.after(arguments, inner.with(target, arguments));
        };
    }

    /**
     * What the annotations of a method ask for, or {@code null} if it has none.
     *
     * @throws IllegalArgumentException if one cannot work; names the method and what to write
     */
    private static @Nullable InvalidatingMethod of(Class<?> api, Method method, Definitions definitions) {
        Invalidates[] annotations = method.getAnnotationsByType(Invalidates.class);
        if (annotations.length == 0) {
            return null;
        }
        InvalidatingMethod all = new InvalidatingMethod(definitions.control());
        for (Invalidates annotation : annotations) {
            try {
                all.add(annotation, api, method, definitions);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "@Invalidates on %s: %s".formatted(CachedMethod.text(method), e.getMessage()), e);
            }
        }
        return all;
    }

    private void add(Invalidates annotation, Class<?> api, Method writer, Definitions definitions) {
        if (writer.isAnnotationPresent(Cached.class)) {
            throw new IllegalArgumentException(
                    "it has @Cached too, so a hit would not reach it; write the two on different methods");
        }
        boolean isAfter = annotation.when() == Invalidates.When.AFTER;
        KeyScope scope = scope(writer, isAfter).with(definitions.pipes());
        List<Consumer<Invocation>> actions = isAfter ? after : before;
        if (!annotation.value().isEmpty()) {
            actions.add(byMethod(annotation, api, scope, definitions));
        } else if (annotation.map().length > 0) {
            throw new IllegalArgumentException(
                    "map has no method to map for; write value = \"AccountService#account\"");
        }
        Tagging<Invocation> tags = Tagging.of(List.of(annotation.tags()), "", scope);
        if (annotation.tags().length > 0) {
            actions.add(call -> tags.markers(call).forEach(definitions::invalidate));
        }
        for (String namespace : annotation.namespaces()) {
            String marker = Markers.keyOf(Markers.NAMESPACE, namespace);
            actions.add(call -> definitions.invalidate(marker));
        }
        if (annotation.keepStale() && annotation.tags().length + annotation.namespaces().length > 0) {
            throw new IllegalArgumentException(
                    "keepStale keeps what one method has read, but tags and namespaces forget; write them in an @Invalidates of their own");
        }
        if (annotation.value().isEmpty() && annotation.tags().length + annotation.namespaces().length == 0) {
            throw new IllegalArgumentException(
                    "it names nothing; write the method that reads, like \"AccountService#account\", or tags");
        }
    }

    private static Consumer<Invocation> byMethod(
            Invalidates annotation, Class<?> api, KeyScope scope, Definitions definitions) {
        CachedMethod reader = Readers.find(annotation.value(), api);
        KeyScope mapped = mapped(reader, annotation.map(), scope);
        CachedFunction<Invocation, @Nullable Object> function = reader.defineFor(definitions, mapped);
        return annotation.keepStale() ? function::expire : function::invalidate;
    }

    /** The names of the reader's parameters, with steps into the writer's call. */
    private static KeyScope mapped(CachedMethod reader, String[] map, KeyScope writer) {
        Map<String, String> sources = new LinkedHashMap<>();
        for (String pair : map) {
            int equals = pair.indexOf('=');
            if (equals < 1
                    || sources.put(
                                    pair.substring(0, equals).strip(),
                                    pair.substring(equals + 1).strip())
                            != null) {
                throw new IllegalArgumentException(
                        "map has \"%s\"; write each parameter once, like \"user=owner\"".formatted(pair));
            }
        }
        String target = CachedMethod.text(reader.method());
        Set<String> needed = KeyTemplate.roots(reader.template());
        for (String name : sources.keySet()) {
            if (!needed.contains(name)) {
                throw new IllegalArgumentException(
                        "map names \"%s\", but the key of %s uses %s".formatted(name, target, needed));
            }
        }
        KeyScope own = KeyScope.ofParameters(reader.method(), false);
        Map<String, KeyScope.Root> roots = new LinkedHashMap<>();
        for (String name : needed) {
            KeyScope.Root wanted = own.find(name);
            if (wanted != null) { // otherwise the template's own refusal is the better message
                roots.put(name, root(name, wanted.type(), sources.getOrDefault(name, name), writer, target));
            }
        }
        return new KeyScope(roots, own.shown(), writer.pipes());
    }

    private static KeyScope.Root root(String name, Type wanted, String path, KeyScope writer, String target) {
        if (writer.find(path.split("\\.", -1)[0]) == null) {
            throw new IllegalArgumentException("the key of %s needs \"%s\", %s; write map = \"%s=...\""
                    .formatted(target, name, writer.shown(), name));
        }
        KeyTemplate.Path source = KeyTemplate.path("map", path, writer);
        if (!fits(source.type(), wanted)) {
            throw new IllegalArgumentException(
                    "the key of %s needs a %s for \"%s\", but \"%s\" is a %s; write map = \"%s=...\""
                            .formatted(target, Types.text(wanted), name, path, Types.text(source.type()), name));
        }
        return new KeyScope.Root(wanted, Optional.of(source::from));
    }

    private static boolean fits(Type given, Type wanted) {
        return Types.raw(wanted).isAssignableFrom(Types.raw(given))
                || (KeyFormats.of(given) == KeyFormats.WHOLE_NUMBER
                        && KeyFormats.of(wanted) == KeyFormats.WHOLE_NUMBER);
    }

    /** The writer's parameters, and its result. */
    private static KeyScope scope(Method writer, boolean isAfter) {
        Map<String, KeyScope.Root> roots = new LinkedHashMap<>();
        Parameter[] parameters = writer.getParameters();
        Type[] types = writer.getGenericParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
            int index = i;
            roots.put(
                    parameters[i].getName(),
                    new KeyScope.Root(
                            Types.boxed(types[i]),
                            Optional.of(call -> ((Invocation) call).arguments().get(index))));
        }
        String shown = "parameters are " + List.copyOf(roots.keySet());
        Type result = writer.getGenericReturnType();
        if (CompletionStage.class.isAssignableFrom(Types.raw(result))) {
            result = Types.argument(result, 0);
        }
        if (isAfter && result != void.class) {
            roots.putIfAbsent(
                    RESULT, new KeyScope.Root(Types.boxed(result), Optional.of(call -> ((Invocation) call).result())));
        }
        return new KeyScope(roots, shown, Pipes.BUILT_IN);
    }

    /** Before a call. */
    private void before(@Nullable Object[] arguments) {
        if (!before.isEmpty()) {
            run(before, new Invocation(Arguments.wrap(arguments), null));
        }
    }

    /** After a call that returned this; answers what the caller gets. */
    private @Nullable Object after(@Nullable Object[] arguments, @Nullable Object result) {
        if (after.isEmpty()) {
            return result;
        }
        Arguments those = Arguments.of(arguments);
        if (result instanceof CompletionStage<?> stage) {
            Uncommitted open = control.transaction();
            return stage.thenApply(
                    value -> { // by any thread
                        if (open == null) {
                            run(after, new Invocation(those, value));
                        } else {
                            control.run(open, () -> run(after, new Invocation(those, value)));
                        }
                        return value;
                    });
        }
        run(after, new Invocation(those, result));
        return result;
    }

    private static void run(List<Consumer<Invocation>> actions, Invocation call) {
        for (Consumer<Invocation> action : actions) {
            try {
                action.accept(call);
            } catch (IllegalArgumentException e) {
                // what the key needs is null here, so the reader cannot have made such a key; the write has succeeded
            }
        }
    }
}
