package io.larder.cache;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A type with its arguments, where a class is not enough: {@code new TypeRef<List<Account>>() {}}, with the braces.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T extends @Nullable Object> {
    private final Type type;

    /**
     * Captures the argument written in the angle brackets.
     *
     * @throws IllegalArgumentException if none is written there
     */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)) {
            throw new IllegalArgumentException("TypeRef without a type; write new TypeRef<List<Account>>() {}");
        }
        this.type = parent.getActualTypeArguments()[0];
    }

    private TypeRef(Type type) {
        this.type = type;
    }

    /** The type of a class without type parameters. */
    public static <T> TypeRef<T> of(Class<T> type) {
        return of((Type) type);
    }

    static <T extends @Nullable Object> TypeRef<T> of(Type type) {
        return new TypeRef<T>(type) {};
    }

    /** The type, primitive ones boxed. */
    final Type type() {
        return Types.boxed(type);
    }

    @Override
    public final String toString() {
        return Types.text(type);
    }
}
