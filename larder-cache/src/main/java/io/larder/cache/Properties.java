package io.larder.cache;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be read from a declared type by name: components of a record, {@code getX()}, {@code isX()} and {@code x()}
 * methods, public fields, keys of a map. Resolved once, when a function is defined.
 */
final class Properties {
    /** Reads one property of an object that is not null. */
    @FunctionalInterface
    interface Step {
        @Nullable
        Object from(Object owner);
    }

    /**
     * A property found.
     *
     * @param type its declared type
     */
    record Property(Type type, Step step) {}

    private Properties() {}

    /** The property of this name, or {@code null} if the type has none. */
    static @Nullable Property find(Type owner, String name) {
        Class<?> raw = Types.raw(owner);
        if (Map.class.isAssignableFrom(raw)) {
            return new Property(Types.argument(owner, 1), map -> ((Map<?, ?>) map).get(name));
        }
        Member member = members(raw).get(name);
        return member == null ? null : property(owner, member);
    }

    /** The names there are, for messages. */
    static Collection<String> names(Type owner) {
        return members(Types.raw(owner)).keySet();
    }

    static Property component(Type owner, RecordComponent component) {
        return property(owner, component.getAccessor());
    }

    private static Map<String, Member> members(Class<?> owner) {
        Map<String, Member> members = new TreeMap<>();
        if (owner.isRecord()) {
            for (RecordComponent component : owner.getRecordComponents()) {
                members.put(component.getName(), component.getAccessor());
            }
        }
        for (Method method : owner.getMethods()) {
            if (isReader(method)) {
                members.putIfAbsent(method.getName(), method);
                members.putIfAbsent(beanName(method), method);
            }
        }
        for (Field field : owner.getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                members.putIfAbsent(field.getName(), field);
            }
        }
        return members;
    }

    private static boolean isReader(Method method) {
        return method.getParameterCount() == 0
                && method.getReturnType() != void.class
                && method.getDeclaringClass() != Object.class
                && !method.isBridge()
                && !method.getName().equals("hashCode")
                && !method.getName().equals("toString")
                && !Modifier.isStatic(method.getModifiers());
    }

    private static String beanName(Method method) {
        String name = method.getName();
        int prefix =
                name.startsWith("get") ? 3 : name.startsWith("is") && method.getReturnType() == boolean.class ? 2 : 0;
        if (prefix == 0 || name.length() == prefix || !Character.isUpperCase(name.charAt(prefix))) {
            return name;
        }
        return name.substring(prefix, prefix + 1).toLowerCase(Locale.ROOT) + name.substring(prefix + 1);
    }

    private static Property property(Type owner, Member member) {
        Type declared =
                member instanceof Method method ? method.getGenericReturnType() : ((Field) member).getGenericType();
        return new Property(Types.boxed(Types.ofMember(owner, declared)), step(handle(member)));
    }

    /** A handle from {@code Object} to {@code Object}. */
    private static MethodHandle handle(Member member) {
        if (!Modifier.isPublic(member.getDeclaringClass().getModifiers())) {
            ((AccessibleObject) member).trySetAccessible(); // if refused, the line below says so
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodHandle handle =
                    member instanceof Method method ? lookup.unreflect(method) : lookup.unreflectGetter((Field) member);
            return handle.asType(MethodType.genericMethodType(1));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s.%s is not accessible; make it public, or open its package to io.larder.cache"
                            .formatted(member.getDeclaringClass().getSimpleName(), member.getName()),
                    e);
        }
    }

    private static Step step(MethodHandle handle) {
        return owner -> {
            try {
                return (Object) handle.invokeExact(owner);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalArgumentException("a property of a key argument could not be read: " + e, e);
            }
        };
    }
}
