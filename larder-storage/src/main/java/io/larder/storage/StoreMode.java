package io.larder.storage;

/** The condition under which a value is stored. */
public enum StoreMode {
    /** Always. */
    SET,
    /** Only if the key holds nothing. */
    ADD,
    /** Only if the key holds something. */
    REPLACE,
    /** Behind the value the key holds. */
    APPEND,
    /** In front of the value the key holds. */
    PREPEND
}
