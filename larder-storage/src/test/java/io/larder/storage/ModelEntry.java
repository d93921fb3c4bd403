package io.larder.storage;

/** What the model says a key holds: the plainest thing that can be right. */
final class ModelEntry {
    byte[] value = {};
    int flags;

    /** 0 is never. */
    long deadline;

    /** The token last seen, 0 if none since the value changed. */
    long cas;

    boolean isOver(long now) {
        return deadline != 0 && deadline <= now;
    }
}
