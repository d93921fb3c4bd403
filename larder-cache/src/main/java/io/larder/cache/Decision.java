package io.larder.cache;

/**
 * What to do about a lookup. One of a fixed few, without fields of the entry, so that deciding a hit allocates nothing.
 */
sealed interface Decision {
    /** Hand the value found to the caller. */
    Decision SERVE = new Serve();

    /** Call the loader and write what it returns. */
    Decision LOAD = new Load(true);

    /** Call the loader and write nothing: the store has just failed, a write would only add its timeout. */
    Decision LOAD_ONLY = new Load(false);

    /** Hand the value found to the caller. */
    record Serve() implements Decision {}

    /**
     * Call the loader.
     *
     * @param write whether its value goes to the store
     */
    record Load(boolean write) implements Decision {}

    /**
     * Decides about a lookup: a pure function, one row for each kind of lookup.
     *
     * @param nowMillis wall clock; read only where {@link #dependsOnNow} says so, otherwise anything
     */
    static Decision decide(Lookup<?> lookup, Policy policy, long nowMillis) {
        if (lookup instanceof Lookup.Fresh<?> fresh) {
            return !dependsOnNow(fresh.meta(), policy)
                            || nowMillis - fresh.meta().createdMillis() < policy.ttlMillis()
                    ? SERVE
                    : LOAD;
        }
        if (lookup instanceof Lookup.Unavailable<?>) {
            return LOAD_ONLY;
        }
        return LOAD; // absent, or stale, which no field of the policy lets us serve
    }

    /**
     * Whether the decision about a fresh entry looks at the clock. It does only for an entry that was written to live
     * longer than this policy allows, by an older version of the program for example: the reader's own TTL holds too.
     * For all others the store has compared the times already, and a hit saves reading the clock a second time.
     */
    static boolean dependsOnNow(Meta meta, Policy policy) {
        return meta.lifeMillis() > policy.ttlMillis();
    }
}
