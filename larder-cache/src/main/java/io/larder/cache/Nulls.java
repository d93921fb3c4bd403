package io.larder.cache;

import org.jspecify.annotations.Nullable;

/** Where a value has lost its static type on the way through a store. */
final class Nulls {
    private Nulls() {}

    /** The value as what its key says it is; a null stays one, because {@code V} then allows it. */
    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
    static <V extends @Nullable Object> V cast(@Nullable Object value) {
        return (V) value;
    }
}
