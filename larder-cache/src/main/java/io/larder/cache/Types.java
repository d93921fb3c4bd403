package io.larder.cache;

import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The few questions asked about declared types when a function is defined. */
final class Types {
    private Types() {}

    /** The class behind a type; of a variable or wildcard, that of its first bound. */
    static Class<?> raw(Type type) {
        if (type instanceof Class<?> c) {
            return c;
        }
        if (type instanceof ParameterizedType p) {
            return raw(p.getRawType());
        }
        if (type instanceof GenericArrayType array) {
            return raw(array.getGenericComponentType()).arrayType();
        }
        if (type instanceof WildcardType w) {
            return raw(w.getUpperBounds()[0]);
        }
        return type instanceof TypeVariable<?> v ? raw(v.getBounds()[0]) : Object.class;
    }

    /** The type argument at this place, without wildcard; {@code Object} of a raw type. */
    static Type argument(Type type, int index) {
        if (!(type instanceof ParameterizedType p) || p.getActualTypeArguments().length <= index) {
            return Object.class;
        }
        Type argument = p.getActualTypeArguments()[index];
        return argument instanceof WildcardType w ? w.getUpperBounds()[0] : argument;
    }

    /** The type of a member of {@code owner}, with the owner's type arguments put in place of its variables. */
    static Type ofMember(Type owner, Type member) {
        if (!(owner instanceof ParameterizedType p)) {
            return member;
        }
        if (member instanceof TypeVariable<?> variable) {
            TypeVariable<?>[] variables = raw(p).getTypeParameters();
            int index = Arrays.asList(variables).indexOf(variable);
            return index < 0 ? member : argument(p, index);
        }
        if (member instanceof ParameterizedType inner) {
            Type[] arguments = inner.getActualTypeArguments();
            Type[] resolved = new Type[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
                resolved[i] = ofMember(owner, arguments[i]);
            }
            return Arrays.equals(arguments, resolved) ? inner : new Resolved(raw(inner), resolved);
        }
        return member;
    }

    /** A class that implements a declared interface, with the arguments it takes over from there. */
    static Type subtype(Type declared, Class<?> implementation) {
        TypeVariable<?>[] variables = implementation.getTypeParameters();
        if (variables.length == 0 || !(declared instanceof ParameterizedType)) {
            return implementation;
        }
        Type[] arguments = new Type[variables.length];
        Arrays.fill(arguments, Object.class);
        for (Type implemented : implementation.getGenericInterfaces()) {
            if (raw(implemented) == raw(declared) && implemented instanceof ParameterizedType p) {
                List<Type> passed = List.of(p.getActualTypeArguments());
                for (int i = 0; i < variables.length; i++) {
                    int index = passed.indexOf(variables[i]);
                    arguments[i] = index < 0 ? Object.class : argument(declared, index);
                }
            }
        }
        return new Resolved(implementation, arguments);
    }

    static Type boxed(Type type) {
        return type instanceof Class<?> c ? MethodType.methodType(c).wrap().returnType() : type;
    }

    /** As a person writes it: {@code List<Account>}. */
    static String text(Type type) {
        if (type instanceof Class<?> c) {
            return c.getSimpleName();
        }
        if (type instanceof ParameterizedType p) {
            return raw(p).getSimpleName()
                    + Arrays.stream(p.getActualTypeArguments())
                            .map(Types::text)
                            .collect(Collectors.joining(", ", "<", ">"));
        }
        return type.getTypeName();
    }

    /** A parameterized type made here, of a class and its arguments. */
    private static final class Resolved implements ParameterizedType {
        private final Class<?> raw;
        private final Type[] arguments;

        Resolved(Class<?> raw, Type[] arguments) {
            this.raw = raw;
            this.arguments = arguments;
        }

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.clone();
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return raw.getDeclaringClass();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ParameterizedType that
                    && raw.equals(that.getRawType())
                    && Arrays.equals(arguments, that.getActualTypeArguments());
        }

        @Override
        public int hashCode() { // as the JDK's own parameterized types
            return Arrays.hashCode(arguments)
                    ^ (getOwnerType() == null ? 0 : getOwnerType().hashCode())
                    ^ raw.hashCode();
        }
    }
}
