package io.larder.storage;

/** What became of a write. */
public enum Outcome {
    STORED,
    /** The mode's condition did not hold. */
    NOT_STORED,
    /** Another value was stored since the CAS token was read. */
    EXISTS,
    NOT_FOUND,
    /** The value can never fit; retrying does not help. */
    TOO_LARGE,
    /** No room could be made. */
    NO_MEMORY,
    /** The value is not a decimal number below 2^64. */
    NOT_NUMERIC
}
