package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.cache.annotation.Woven;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A woven class and the {@link Larder} it is bound to: one for the class, for its static methods and those an object calls on
 * itself have nobody to ask. Kept with the class, so it is unloaded with it. Thread-safe.
 */
final class WovenClass {
    /** What the weaver calls the method with the code. */
    static final String ORIGINAL = "$original";

    private static final ClassValue<WovenClass> ALL = new ClassValue<>() {
        @Override
        protected WovenClass computeValue(Class<?> type) {
            return new WovenClass(type);
        }
    };

    private final Class<?> type;
    private final List<WovenMethod> methods = new ArrayList<>();

    @GuardedBy("this")
    private @Nullable Larder larder;

    private WovenClass(Class<?> type) {
        this.type = type;
        AtomicBoolean told = new AtomicBoolean();
        for (Method method : type.getDeclaredMethods()) {
            Method original = original(method);
            if (original != null) {
                methods.add(new WovenMethod(type, method, handle(original), told));
            }
        }
    }

    private @Nullable Method original(Method method) {
        if (method.isSynthetic()) {
            return null;
        }
        return Arrays.stream(type.getDeclaredMethods())
                .filter(other -> other.isSynthetic()
                        && other.getName().equals(method.getName() + ORIGINAL)
                        && other.getReturnType() == method.getReturnType()
                        && Arrays.equals(other.getParameterTypes(), method.getParameterTypes()))
                .findFirst()
                .orElse(null);
    }

    /** What calls the method; {@code null} where its module does not let us, then it comes when the method is linked. */
    private @Nullable MethodHandle handle(Method original) {
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup()).unreflect(original);
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    static WovenClass of(Class<?> type) {
        return ALL.get(type);
    }

    /** Whether this class, not one above it, is woven. */
    static boolean isWoven(Class<?> type) {
        return type.isAnnotationPresent(Woven.class);
    }

    /** The woven class and those above it. */
    private static List<WovenClass> upFrom(Class<?> type) {
        List<WovenClass> all = new ArrayList<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            if (isWoven(c)) {
                all.add(of(c));
            }
        }
        return all;
    }

    /** When the JVM links a method. */
    CallSite link(String name, MethodType linked, MethodHandle original, boolean isStatic) {
        MethodType declared = isStatic ? linked : linked.dropParameterTypes(0, 1);
        for (WovenMethod method : methods) {
            if (method.is(name, declared, isStatic)) {
                return method.link(linked, original);
            }
        }
        throw new IllegalStateException("%s.%s was woven, but is not there as it was; weave the class anew"
                .formatted(type.getSimpleName(), name));
    }

    /**
     * Binds classes, all or none of them, with the woven classes above them.
     *
     * @throws IllegalArgumentException if an annotation cannot work, or a class is not woven
     * @throws IllegalStateException if a class is bound to another that is open
     */
    static void bind(List<Class<?>> types, Larder to, Definitions definitions) {
        Map<WovenMethod, MethodCall> calls = new HashMap<>();
        List<WovenClass> bound = new ArrayList<>();
        for (Class<?> type : types) {
            List<WovenClass> woven = upFrom(type);
            if (woven.isEmpty()) {
                throw new IllegalArgumentException(
                        "%s is not woven; run larder-weave on its class file in the build, or add -javaagent:larder-weave.jar (an interface takes larder.proxy)"
                                .formatted(type.getName()));
            }
            for (WovenClass one : woven) {
                if (one.isFreeFor(to)) {
                    bound.add(one);
                    one.methods.forEach(method -> calls.put(
                            method,
                            AnnotatedCall.of(
                                            new AnnotatedCall.Site(one.type, method.method(), false, definitions),
                                            method::call)
                                    .call()));
                }
            }
        }
        bound.forEach(one -> one.setLarder(to));
        WovenMethod.bind(calls);
    }

    private synchronized boolean isFreeFor(Larder to) {
        if (larder != null && larder != to && !larder.isClosed()) {
            throw new IllegalStateException("%s is bound to another Larder, which is open; close that one first"
                    .formatted(type.getSimpleName()));
        }
        return larder != to;
    }

    private synchronized void setLarder(Larder to) {
        larder = to;
    }

    private synchronized Larder larder() {
        if (larder == null) {
            throw new IllegalStateException("%s is bound to no Larder; call larder.bind(%s.class) first"
                    .formatted(type.getSimpleName(), type.getSimpleName()));
        }
        return larder;
    }

    /** Whether it is an object of a woven class, or such a class itself. */
    static boolean isOfWoven(Object target) {
        return !upFrom(target instanceof Class<?> c ? c : target.getClass()).isEmpty();
    }

    /** The function behind a method of this object, or behind a static one of this class; for no other object. */
    static CachedFunction<@Nullable Object, @Nullable Object> functionOf(
            Object target, String name, Class<?>... parameterTypes) {
        boolean isStatic = target instanceof Class<?>;
        Class<?> type = target instanceof Class<?> c ? c : target.getClass();
        List<String> names = new ArrayList<>();
        for (WovenClass woven : upFrom(type)) {
            List<WovenMethod> matches = new ArrayList<>();
            for (WovenMethod method : woven.methods) {
                Method m = method.method();
                if (!method.isCached() || Modifier.isStatic(m.getModifiers()) != isStatic) {
                    continue;
                }
                names.add(CachedMethod.text(m));
                if (m.getName().equals(name)
                        && (parameterTypes.length == 0 || Arrays.equals(m.getParameterTypes(), parameterTypes))) {
                    matches.add(method);
                }
            }
            if (matches.size() == 1) {
                return woven.function(matches.get(0), isStatic ? null : target);
            }
            if (matches.size() > 1) {
                throw new IllegalArgumentException(
                        "%d methods with @Cached match %s; add the parameter types".formatted(matches.size(), name));
            }
        }
        throw new IllegalArgumentException("0 methods with @Cached match %s; there are %s%s"
                .formatted(
                        name,
                        names.stream().sorted().toList(),
                        isStatic ? " that are static" : " of its objects; for static ones give the class"));
    }

    private CachedFunction<@Nullable Object, @Nullable Object> function(WovenMethod method, @Nullable Object target) {
        AnnotatedCall call = AnnotatedCall.of(
                new AnnotatedCall.Site(type, method.method(), true, larder().definitions()),
                (none, arguments) -> method.call(target, arguments));
        if (call.function() == null) {
            throw new IllegalStateException(CachedMethod.text(method.method()) + " has @Cached, but no function");
        }
        return call.function();
    }
}
