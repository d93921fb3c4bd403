package io.larder.cache;

import java.util.Objects;

/**
 * What to do about a lookup, found by {@link #decide}: a pure function, tested as a table.
 *
 * <pre>
 *   lookup                       decision
 *   unavailable                  LOAD_ONLY
 *   absent                       LOAD; while another process loads: AWAIT
 *   negative, of a type we name  RAISE
 *   fresh                        SERVE; due early or by its uses: SERVE_AND_REFRESH; used up: LOAD
 *   stale, within policy.stale   LOAD_OR_SERVE; while loads are paused after a failure, or another process loads: SERVE_STALE
 *   stale otherwise              as absent
 *   failover, value found        LOAD_OR_SERVE
 *   with a fallback              LOAD_OR_FALL_BACK for LOAD; FALL_BACK for it and LOAD_ONLY while loads are paused
 * </pre>
 *
 * <p>It is asked for every get, and for a key in use ({@link Policy#usedWithin}) when its value is due, without one.
 */
enum Decision {
    /** Hand the value found to the caller. */
    SERVE,

    /** Hand the value found to the caller, and load anew in the background. */
    SERVE_AND_REFRESH,

    /** Hand over a value past its TTL without asking the loader: it has failed a moment ago, or runs in another process. */
    SERVE_STALE,

    /** Raise the failure found. */
    RAISE,

    /** Look again in a moment: another process has a lease of the key, and loads it. */
    AWAIT,

    /** Call the loader and write what it returns. */
    LOAD,

    /** As {@link #LOAD}; if the loader fails or is slow, hand over the value found. */
    LOAD_OR_SERVE,

    /** As {@link #LOAD}; if the loader fails or is slow, hand over the policy's fallback. */
    LOAD_OR_FALL_BACK,

    /** Hand over the policy's fallback without asking the loader: it has failed a moment ago. */
    FALL_BACK,

    /** Call the loader and write nothing: the store has just failed, a write would only add its timeout. */
    LOAD_ONLY;

    private static final double MICROS_PER_MILLI = 1000;

    /**
     * What a decision may look at besides lookup and policy.
     *
     * @param nowMillis wall clock; read only where {@link #dependsOnNow} says so, otherwise anything
     * @param uses how often the value has been served, this time included
     * @param chance from 0 to less than 1, a new draw each time
     * @param paused whether a load of the key has failed so lately that the next has to wait
     * @param promised whether another process loads the key, and there is time to wait for it
     */
    record Circumstances(long nowMillis, long uses, double chance, boolean paused, boolean promised) {
        /** Those of a policy that looks at none. */
        static final Circumstances NONE = new Circumstances(0, 1, 0, false);

        /** While no other process loads the key. */
        Circumstances(long nowMillis, long uses, double chance, boolean paused) {
            this(nowMillis, uses, chance, paused, false);
        }

        Circumstances whilePromised() {
            return new Circumstances(nowMillis, uses, chance, paused, true);
        }
    }

    /** Whether the loader is called before the caller gets an answer. */
    boolean loads() {
        return this == LOAD || this == LOAD_OR_SERVE || this == LOAD_OR_FALL_BACK || this == LOAD_ONLY;
    }

    /** Decides about a lookup. */
    static Decision decide(Lookup<?> lookup, Policy policy, Circumstances around) {
        Decision decision = aboutFound(lookup, policy, around);
        if (!policy.fallback() || (decision != LOAD && decision != LOAD_ONLY)) {
            return decision;
        }
        if (around.paused() && policy.failover().isEmpty()) {
            return FALL_BACK;
        }
        return decision == LOAD ? LOAD_OR_FALL_BACK : LOAD_ONLY;
    }

    private static Decision aboutFound(Lookup<?> lookup, Policy policy, Circumstances around) {
        if (lookup instanceof Lookup.Fresh<?> fresh) {
            Meta meta = fresh.meta();
            boolean tooOld = meta.lifeMillis() > policy.ttlMillis()
                    && around.nowMillis() - meta.createdMillis() >= policy.ttlMillis();
            return tooOld ? aboutStale(meta, policy, around) : aboutFresh(meta, policy, around);
        }
        if (lookup instanceof Lookup.Stale<?> stale) {
            return aboutStale(stale.meta(), policy, around);
        }
        if (lookup instanceof Lookup.Negative<?> negative) {
            return policy.negatives().stream()
                            .anyMatch(known -> known.type().getName().equals(negative.type()))
                    ? RAISE
                    : LOAD;
        }
        return lookup instanceof Lookup.Unavailable<?> ? LOAD_ONLY : aboutNothing(around);
    }

    private static Decision aboutNothing(Circumstances around) {
        return around.promised() ? AWAIT : LOAD;
    }

    /**
     * The longest life, in milliseconds, of fresh entries that are served whatever the circumstances, so that nothing need be looked
     * at to decide that; {@link Long#MIN_VALUE} for a policy with none.
     */
    static long servedLifeMillisMax(Policy policy) {
        boolean servesFresh = policy.failover().isEmpty()
                && policy.early() == Early.NEVER
                && policy.hits().equals(Hits.UNLIMITED);
        return servesFresh ? policy.ttlMillis() : Long.MIN_VALUE;
    }

    private static Decision aboutFresh(Meta meta, Policy policy, Circumstances around) {
        if (!policy.failover().isEmpty()) {
            return LOAD_OR_SERVE;
        }
        if (around.uses() > policy.hits().max()) {
            return policy.stale().isZero() ? LOAD : LOAD_OR_SERVE;
        }
        boolean due = around.uses() >= policy.hits().refreshAfter() || isEarly(meta, policy.early(), around);
        return due && !around.paused() ? SERVE_AND_REFRESH : SERVE;
    }

    private static Decision aboutStale(Meta meta, Policy policy, Circumstances around) {
        long end = end(meta, policy);
        if (around.nowMillis() - end >= Meta.millisUp(policy.stale())) {
            return aboutNothing(around);
        }
        boolean waits = around.paused() || around.promised();
        return waits && policy.failover().isEmpty() ? SERVE_STALE : LOAD_OR_SERVE;
    }

    /** When the value stops being fresh to this policy, which may be earlier than its writer thought. */
    static long end(Meta meta, Policy policy) {
        return meta.lifeMillis() > policy.ttlMillis()
                ? meta.createdMillis() + policy.ttlMillis()
                : meta.freshUntilMillis();
    }

    /** Until when a value found may be served in place of one that cannot be loaded, in milliseconds since 1970. */
    static long keptUntil(Lookup<?> found, Policy policy) {
        Meta meta = Objects.requireNonNull(Meta.of(found));
        long end = end(meta, policy);
        long kept = Meta.millisUp(policy.stale());
        return end > Long.MAX_VALUE - kept ? Long.MAX_VALUE : end + kept;
    }

    /** When the value is to be loaded anew, in milliseconds since 1970; {@link Long#MAX_VALUE} where that is not a time. */
    static long earlyMillis(Meta meta, Early early) {
        double age = Double.MAX_VALUE;
        if (early instanceof Early.After after) {
            age = after.age().toMillis();
        } else if (early instanceof Early.Part part) {
            age = Math.ceil(part.fraction() * meta.lifeMillis());
        }
        return age < Long.MAX_VALUE - meta.createdMillis() ? meta.createdMillis() + (long) age : Long.MAX_VALUE;
    }

    private static boolean isEarly(Meta meta, Early early, Circumstances around) {
        if (early instanceof Early.Measured measured) {
            long age = around.nowMillis() - meta.createdMillis();
            double lead = -measured.beta() * meta.loadMicros() / MICROS_PER_MILLI * Math.log(1 - around.chance());
            return age + lead >= meta.lifeMillis();
        }
        return early != Early.NEVER && around.nowMillis() >= earlyMillis(meta, early);
    }

    /**
     * Whether the decision about a lookup looks at the clock. About a fresh entry it does only for a policy with early refresh,
     * and for an entry that was written to live longer than this policy allows, by an older version of the program for
     * example: the reader's own TTL holds too. For all others the store has compared the times already, and a hit saves
     * reading the clock a second time.
     */
    static boolean dependsOnNow(Lookup<?> lookup, Policy policy) {
        if (lookup instanceof Lookup.Fresh<?> fresh) {
            return policy.early() != Early.NEVER || fresh.meta().lifeMillis() > policy.ttlMillis();
        }
        return lookup instanceof Lookup.Stale<?>;
    }
}
