package io.larder.cache;

/** What a {@link Larder#disabling} scope switches off. */
public enum Op {
    /** Looking into the store: every get calls the loader. */
    READ,

    /** Keeping values. Invalidations still take place: only {@link #INVALIDATE} stops them. */
    WRITE,

    /** Invalidating and expiring. */
    INVALIDATE
}
