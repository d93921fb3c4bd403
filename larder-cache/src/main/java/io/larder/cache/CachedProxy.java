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

    private final Object target;
    private final Map<Method, MethodCall> calls = new HashMap<>();
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
        CachedMethod.refuseOnImplementation(api, method, target.getClass());
        AnnotatedCall annotated =
                AnnotatedCall.of(new AnnotatedCall.Site(api, method, true, definitions), (bound, arguments) ->
                        (Object) handle.invokeExact(arguments));
        calls.put(method, annotated.call());
        if (annotated.function() != null) {
            functions.put(method, annotated.function());
        } else if (!annotated.isPlain()) {
            hasOthers = true;
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
        MethodCall call = calls.get(method);
        if (call != null) {
            return call.with(null, arguments == null ? NO_ARGUMENTS : arguments);
        }
        return switch (method.getName()) { // the three of Object that proxies pass on
            case "equals" -> arguments != null && arguments[0] == proxy;
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "cached " + target;
        };
    }
}
