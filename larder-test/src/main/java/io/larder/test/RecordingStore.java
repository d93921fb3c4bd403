package io.larder.test;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.base.Ticker;
import io.larder.cache.spi.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store in a map that writes down what was written and removed, tags and namespaces by their names. Keeps 100,000 entries and
 * as many notes, then refuses. Thread-safe.
 */
final class RecordingStore implements ObjectStore {
    static final int ENTRIES_MAX = 100_000;

    private static final char MARKER = '~'; // begins the framework's own keys, and no other

    private record Item(Object value, long endNanos, boolean forever) {}

    @GuardedBy("this")
    private final Map<String, Item> items = new HashMap<>();

    @GuardedBy("this")
    private final Set<String> missing = new HashSet<>(); // markers looked for in vain: the next write of one begins it

    @GuardedBy("this")
    private final List<String> stored = new ArrayList<>();

    @GuardedBy("this")
    private final List<String> invalidated = new ArrayList<>();

    private final Ticker ticker;

    RecordingStore(Ticker ticker) {
        this.ticker = ticker;
    }

    synchronized List<String> stored() {
        return List.copyOf(stored);
    }

    synchronized List<String> invalidated() {
        return List.copyOf(invalidated);
    }

    synchronized void forgetNotes() {
        stored.clear();
        invalidated.clear();
    }

    @Override
    public synchronized @Nullable Object find(String key) {
        Item item = items.get(key);
        if (item != null && !item.forever() && ticker.nanos() - item.endNanos() >= 0) {
            items.remove(key);
            item = null;
        }
        if (item == null && isMarker(key)) {
            missing.add(key);
        }
        return item == null ? null : item.value();
    }

    @Override
    public synchronized void put(String key, Object value, Duration ttl) {
        if (items.size() >= ENTRIES_MAX && !items.containsKey(key)) {
            throw new IllegalStateException(
                    "the recording cache keeps %d entries; use mem: for more".formatted(ENTRIES_MAX));
        }
        boolean forever = ttl.equals(FOREVER);
        items.put(key, new Item(value, ticker.nanos() + (forever ? 0 : ttl.toNanos()), forever));
        if (!isMarker(key)) {
            note(stored, key);
        } else if (!missing.remove(key)) {
            note(invalidated, key.substring(1)); // tag:..., ns:...
        }
    }

    @Override
    public synchronized void remove(String key) {
        items.remove(key);
        note(invalidated, key);
    }

    private static void note(List<String> notes, String key) {
        if (notes.size() < ENTRIES_MAX) {
            notes.add(key);
        }
    }

    private static boolean isMarker(String key) {
        return key.charAt(0) == MARKER;
    }

    @Override
    public synchronized void close() {
        items.clear();
    }
}
