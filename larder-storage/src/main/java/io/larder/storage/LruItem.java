package io.larder.storage;

import java.nio.ByteBuffer;

/** What a session shows: the parts of one entry as they were together. Confined to the session's thread. */
final class LruItem implements ItemStore.Item {
    private static final byte[] EMPTY = {};

    private byte[] value = EMPTY;
    private int flags;
    private long cas;

    void show(LruEntry entry) {
        value = entry.value;
        flags = entry.flags;
        cas = entry.cas;
    }

    void forget() {
        value = EMPTY;
    }

    byte[] value() {
        return value;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public long cas() {
        return cas;
    }

    @Override
    public int valueBytes() {
        return value.length;
    }

    @Override
    public void copyValue(int from, int length, ByteBuffer target) {
        target.put(value, from, length);
    }
}
