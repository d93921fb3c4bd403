package io.larder.cache;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of an object: annotated methods of its interface go through their cached functions, the others straight
 * to it. All methods are resolved to handles when the proxy is made. Immutable.
 */
final class CachedProxy implements InvocationHandler {
    private static final @Nullable Object[] NO_ARGUMENTS = {};

    /** What a method does. */
    @FunctionalInterface
    private interface Call {
        @Nullable
        Object with(@Nullable Object[] arguments) throws Throwable;
    }

    private final Object target;
    private final Map<Method, Call> calls = new HashMap<>();
    private final Map<Method, CachedFunction<@Nullable Object, @Nullable Object>> functions = new HashMap<>();

    private CachedProxy(Object target) {
        this.target = target;
    }

    private boolean hasOthers; // annotated methods that have no function of their own arguments

    static <T> T of(Class<T> api, T target, Definitions definitions) {
        if (!api.isInterface()) {
            throw new IllegalArgumentException(
                    "a proxy needs an interface, %s is a class; use larder.cached(...) for it"
                            .formatted(api.getSimpleName()));
        }
        CachedProxy handler = new CachedProxy(target);
        for (Method method : api.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                handler.add(api, method, definitions);
            }
        }
        if (handler.functions.isEmpty() && !handler.hasOthers) {
            throw new IllegalArgumentException("no method of %s has @Cached; annotate one of the interface's methods"
                    .formatted(api.getSimpleName()));
        }
        return api.cast(Proxy.newProxyInstance(api.getClassLoader(), new Class<?>[] {api}, handler));
    }

    private void add(Class<?> api, Method method, Definitions definitions) {
        MethodHandle handle = handle(method, target);
        CachedMethod annotated = CachedMethod.of(api, method, target.getClass());
        CachedAllMethod all = CachedAllMethod.of(method, definitions, arguments -> spread(handle, arguments));
        if (all != null) {
            hasOthers = true;
            calls.put(method, all::call);
            return;
        }
        InvalidatingMethod invalidating = InvalidatingMethod.of(api, method, definitions);
        if (annotated == null) {
            calls.put(method, plain(handle, invalidating));
            return;
        }
        boolean single = method.getParameterCount() == 1;
        CachedFunction<@Nullable Object, @Nullable Object> function =
                annotated.define(definitions, argument -> Nulls.cast(load(handle, argument, single)));
        functions.put(method, function);
        calls.put(method, arguments -> function.fetch(single ? arguments[0] : Arguments.wrap(arguments)));
    }

    private Call plain(MethodHandle handle, @Nullable InvalidatingMethod invalidating) {
        if (invalidating == null) {
            return arguments -> (Object) handle.invokeExact(arguments);
        }
        hasOthers = true;
        return arguments -> {
            invalidating.before(arguments);
            Object result = (Object) handle.invokeExact(arguments);
            return invalidating.after(arguments, result);
        };
    }

    private static @Nullable Object load(MethodHandle handle, @Nullable Object argument, boolean single)
            throws Exception {
        @Nullable Object[] arguments = NO_ARGUMENTS;
        if (single) {
            arguments = new @Nullable Object[] {argument};
        } else if (argument instanceof Arguments several) {
            arguments = several.values();
        }
        return spread(handle, arguments);
    }

    private static @Nullable Object spread(MethodHandle handle, @Nullable Object[] arguments) throws Exception {
        try {
            return (Object) handle.invokeExact(arguments);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("neither an exception nor an error: " + e, e);
        }
    }

    private static MethodHandle handle(Method method, Object target) {
        if (!Modifier.isPublic(method.getDeclaringClass().getModifiers())) {
            method.trySetAccessible(); // if refused, unreflect says so
        }
        try {
            return MethodHandles.lookup()
                    .unreflect(method)
                    .bindTo(target)
                    .asType(MethodType.genericMethodType(method.getParameterCount()))
                    .asSpreader(Object[].class, method.getParameterCount());
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s is not accessible; make it public, or open its package to io.larder.cache"
                            .formatted(method.getDeclaringClass().getName()),
                    e);
        }
    }

    /** The function behind a method of a proxy made here. */
    static CachedFunction<@Nullable Object, @Nullable Object> functionOf(
            Object proxy, String name, Class<?>... parameterTypes) {
        if (!Proxy.isProxyClass(proxy.getClass())
                || !(Proxy.getInvocationHandler(proxy) instanceof CachedProxy handler)) {
            throw new IllegalArgumentException("not a proxy of larder.proxy(...): %s"
                    .formatted(proxy.getClass().getName()));
        }
        Method[] matches = handler.functions.keySet().stream()
                .filter(method -> method.getName().equals(name))
                .filter(method ->
                        parameterTypes.length == 0 || Arrays.equals(method.getParameterTypes(), parameterTypes))
                .toArray(Method[]::new);
        if (matches.length != 1) {
            throw new IllegalArgumentException("%d methods with @Cached match %s; %s"
                    .formatted(
                            matches.length,
                            name,
                            matches.length == 0 ? "there are " + handler.names() : "add the parameter types"));
        }
        return Objects.requireNonNull(handler.functions.get(matches[0]));
    }

    private String names() {
        return functions.keySet().stream()
                .map(CachedMethod::text)
                .sorted()
                .toList()
                .toString();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Call call = calls.get(method);
        if (call != null) {
            return call.with(arguments == null ? NO_ARGUMENTS : arguments);
        }
        return switch (method.getName()) { // the three of Object that proxies pass on
            case "equals" -> arguments != null && arguments[0] == proxy;
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "cached " + target;
        };
    }
}
