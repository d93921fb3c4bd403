package io.larder.cache;

import org.jspecify.annotations.Nullable;

/** Calls a method of the user's, or what its annotations put around it. Thread-safe. */
@FunctionalInterface
interface MethodCall {
    /**
     * Calls it.
     *
     * @param target whose method it is; null where there is but one, which the call knows
     * @param arguments those of the method; not changed, and not kept by the method itself
     * @throws Throwable what the method raises, as itself
     */
    @Nullable
    Object with(@Nullable Object target, @Nullable Object[] arguments) throws Throwable;

    /** As {@link #with}, for those who can raise no bare {@link Throwable}. */
    default @Nullable Object load(@Nullable Object target, @Nullable Object[] arguments) throws Exception {
        try {
            return with(target, arguments);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("neither an exception nor an error: " + e, e);
        }
    }
}
