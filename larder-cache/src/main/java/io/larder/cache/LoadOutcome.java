package io.larder.cache;

/** How a loader call ended. */
public enum LoadOutcome {
    /** With a value. */
    VALUE,

    /** With a failure that the policy remembers: an answer like another. */
    NEGATIVE,

    /** With a failure in place of which an old value or the fallback is served. */
    EXCUSED,

    /** With a failure that its caller gets. */
    FAILED
}
