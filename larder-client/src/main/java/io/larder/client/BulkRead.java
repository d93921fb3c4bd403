package io.larder.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The outcome of {@link View#getAll}: every key asked for is in exactly one of the three, in the order asked.
 *
 * @param found values by key
 * @param missed keys their node does not have
 * @param failed keys whose node gave no answer, or no readable one, with the reason
 */
public record BulkRead<V>(Map<String, V> found, Set<String> missed, Map<String, MemcachedException> failed) {
    public BulkRead {
        found = Collections.unmodifiableMap(found instanceof HandedMap ? found : new LinkedHashMap<>(found));
        missed = Collections.unmodifiableSet(new LinkedHashSet<>(missed));
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /**
     * This, if every key got its answer.
     *
     * @throws MemcachedException the first failure otherwise
     */
    public BulkRead<V> orThrow() {
        for (MemcachedException first : failed.values()) {
            throw first;
        }
        return this;
    }
}
