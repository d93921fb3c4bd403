package io.larder.cache.spi;

/** What a store can do by itself. What is missing is emulated, or refused when a function that needs it is defined. */
public enum Capability {
    /** {@link Store#findAll} takes one request. Emulated by one for each key. */
    BULK,

    /**
     * Entries end with their TTL. Emulated for a {@link ByteStore} by the times in the entry itself, which then only takes
     * room longer; an {@link ObjectStore} without it is refused.
     */
    TTL,

    /**
     * Every {@code find} sees the last {@code put} or {@code remove} that has returned, whichever process called it. Tags and
     * namespaces cannot work otherwise, and are refused.
     */
    CURRENT,

    /** It has {@link Store#cells()}. Locks, limits and shared breakers are refused otherwise. */
    ATOMIC,

    /**
     * It has {@link ByteStore#leases()}. Without it each process loads for itself, and a load in one may store its value after an
     * invalidation by another.
     */
    LEASES
}
