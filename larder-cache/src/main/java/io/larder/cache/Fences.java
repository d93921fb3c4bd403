package io.larder.cache;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keeps a copy that was read from a far store from being put into the near one after an invalidation has passed both.
 *
 * <p>Who copies takes a mark before it reads the far store, and looks after it has put the copy whether the mark still holds;
 * if not, it takes the copy away. Who changes the far store moves the mark afterwards, and only then touches the near one. Keys
 * share 1024 marks: a neighbour's change costs a copy, never more. Thread-safe.
 */
final class Fences {
    private static final int COUNT = 1024;

    private final AtomicLongArray marks = new AtomicLongArray(COUNT);
    private final boolean on;

    Fences() {
        this(true);
    }

    /** Fences that let everything pass unless they are on; see {@link Surroundings#withoutFencing}. */
    Fences(boolean on) {
        this.on = on;
    }

    long mark(String key) {
        return marks.get(slot(key));
    }

    boolean holds(String key, long mark) {
        return !on || marks.get(slot(key)) == mark;
    }

    /** Moves the mark by one if it still holds; answers whether it did. */
    boolean moveFrom(String key, long mark) {
        return !on || marks.compareAndSet(slot(key), mark, mark + 1);
    }

    void move(String key) {
        marks.incrementAndGet(slot(key));
    }

    /** Marks to be moved by one commit. */
    Claims claims() {
        return new Claims();
    }

    /** The marks that one commit has moved: once each, though several of its keys may share one. For one thread. */
    final class Claims {
        private final Map<Integer, Long> moved = new HashMap<>(); // where they were before

        /** Moves the mark, unless it has been moved by others; answers whether nobody has. */
        boolean claim(String key, long mark) {
            Long before = moved.get(slot(key));
            if (before == null && moveFrom(key, mark)) {
                moved.put(slot(key), mark);
                return true;
            }
            return before != null && before == mark;
        }
    }

    private static int slot(String key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (COUNT - 1);
    }
}
