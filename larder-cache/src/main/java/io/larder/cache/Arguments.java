package io.larder.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call of an annotated method, as the one argument of its {@link Cached} object. Immutable as long
 * as the arguments are.
 */
public final class Arguments {
    private final @Nullable Object
            target; // whose method is called, where that is not known otherwise; no part of equality
    private final @Nullable Object[] values;

    private Arguments(@Nullable Object target, @Nullable Object[] values) {
        this.target = target;
        this.values = values;
    }

    /** Arguments in the order of the method's parameters. */
    public static Arguments of(@Nullable Object... values) {
        return new Arguments(null, values.clone());
    }

    /** As {@link #of}, for an array that nobody changes any more. */
    static Arguments wrap(@Nullable Object[] values) {
        return new Arguments(null, values);
    }

    /** As {@link #wrap(Object[])}, for a call of this object's method. */
    static Arguments wrap(@Nullable Object target, @Nullable Object[] values) {
        return new Arguments(target, values);
    }

    /** One of them, counted from 0. */
    public @Nullable Object get(int index) {
        return values[index];
    }

    /** How many there are. */
    public int size() {
        return values.length;
    }

    @Nullable
    Object target() {
        return target;
    }

    @Nullable
    Object[] values() {
        return values;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Arguments that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return values.length + " arguments"; // no values: they may be secret
    }
}
