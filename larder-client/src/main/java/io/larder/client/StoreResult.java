package io.larder.client;

/** What became of a write. */
public enum StoreResult {
    STORED,
    /** The condition of add, replace, append or prepend did not hold. */
    NOT_STORED,
    /** The item changed since its CAS token was read. */
    EXISTS,
    /** The item of the CAS token is gone. */
    NOT_FOUND,
    /** The value exceeds the limit of the client, and was not sent, or that of the node. Retrying does not help. */
    TOO_LARGE,
    /** The node found no memory for it. */
    OUT_OF_MEMORY,
    /** Only from a {@link View#lenient} view: the node failed; the value may or may not be stored. */
    UNAVAILABLE
}
