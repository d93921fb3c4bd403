package io.larder.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The outcome of {@link View#setAll}: every key is in exactly one of the two, in the order given.
 *
 * @param results what the nodes said, by key
 * @param failed keys whose node gave no answer, with the reason; such a value may or may not be stored
 */
public record BulkWrite(Map<String, StoreResult> results, Map<String, MemcachedException> failed) {
    public BulkWrite {
        results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** Whether every value was stored. */
    public boolean complete() {
        return failed.isEmpty() && results.values().stream().allMatch(result -> result == StoreResult.STORED);
    }
}
