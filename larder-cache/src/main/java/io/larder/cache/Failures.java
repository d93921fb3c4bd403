package io.larder.cache;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes new exceptions of remembered failures. Immutable. */
final class Failures {
    private final Map<String, MethodHandle> makers = new HashMap<>(); // (String) -> Exception, by class name

    /**
     * Looks the constructors up.
     *
     * @throws IllegalArgumentException if a type has none that can be called
     */
    Failures(List<Negative> negatives) {
        for (Negative negative : negatives) {
            makers.put(negative.type().getName(), maker(negative.type()));
        }
    }

    private static MethodHandle maker(Class<? extends Exception> type) {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        MethodType made = MethodType.methodType(Exception.class, String.class);
        if (!Modifier.isAbstract(type.getModifiers())) {
            try {
                return lookup.findConstructor(type, MethodType.methodType(void.class, String.class))
                        .asType(made);
            } catch (NoSuchMethodException | IllegalAccessException e) {
                // perhaps the other one
            }
            try {
                MethodHandle plain = lookup.findConstructor(type, MethodType.methodType(void.class))
                        .asType(MethodType.methodType(Exception.class));
                return MethodHandles.dropArguments(plain, 0, String.class);
            } catch (NoSuchMethodException | IllegalAccessException e) {
                // told below
            }
        }
        throw new IllegalArgumentException(
                "negative(%s) cannot be raised anew: it needs to be a public class with a public constructor that takes a String or nothing"
                        .formatted(type.getSimpleName()));
    }

    /** A new exception for a failure that {@link Decision#RAISE} is about. */
    Exception raise(Lookup.Negative<?> negative) {
        MethodHandle maker = makers.get(negative.type());
        if (maker == null) {
            throw new IllegalStateException("no remembered failure: " + negative.type());
        }
        try {
            return (Exception) maker.invokeExact((@Nullable String) negative.message());
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the constructor of " + negative.type() + " failed: " + e, e);
        }
    }
}
