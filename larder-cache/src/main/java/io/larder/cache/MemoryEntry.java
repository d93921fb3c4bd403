package io.larder.cache;

/** What {@code mem:} keeps under a key: the value, and when it ends. Its links belong to the {@link TimingWheel} it is on. */
final class MemoryEntry {
    final String key;
    final Object value;
    final boolean isForever;
    final long deadlineNanos; // by the ticker

    // under the wheel's lock; on no list, an entry is its own neighbour
    private MemoryEntry before = this;
    private MemoryEntry after = this;
    private boolean isOff;

    MemoryEntry(String key, Object value, boolean isForever, long deadlineNanos) {
        this.key = key;
        this.value = value;
        this.isForever = isForever;
        this.deadlineNanos = deadlineNanos;
    }

    boolean hasEnded(long nowNanos) {
        return !isForever && nowNanos - deadlineNanos >= 0;
    }

    /** Puts it at the end of a list, unless it was taken off for good. */
    void insertAtEndOf(MemoryEntry list) {
        if (!isOff) {
            before = list.before;
            after = list;
            before.after = this;
            list.before = this;
        }
    }

    void unlink() {
        before.after = after;
        after.before = before;
        before = this;
        after = this;
    }

    /** Takes it off, so that it is never put on any more: whoever is about to does not know yet. */
    void takeOff() {
        isOff = true;
        unlink();
    }

    boolean isEmptyList() {
        return after == this;
    }

    MemoryEntry first() {
        return after;
    }

    /** Moves all of a list to this one, which is empty. */
    void takeAllOf(MemoryEntry list) {
        if (!list.isEmptyList()) {
            after = list.after;
            before = list.before;
            after.before = this;
            before.after = this;
            list.before = list;
            list.after = list;
        }
    }
}
