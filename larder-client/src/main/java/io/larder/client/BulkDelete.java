package io.larder.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The outcome of {@link View#deleteAll}: every key is in exactly one of the three, in the order given.
 *
 * @param deleted keys that were removed
 * @param missed keys their node did not have
 * @param failed keys whose node gave no answer, with the reason; such a key may still be stored
 */
public record BulkDelete(Set<String> deleted, Set<String> missed, Map<String, MemcachedException> failed) {
    public BulkDelete {
        deleted = Collections.unmodifiableSet(new LinkedHashSet<>(deleted));
        missed = Collections.unmodifiableSet(new LinkedHashSet<>(missed));
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** Whether none of the keys is stored any more. */
    public boolean complete() {
        return failed.isEmpty();
    }
}
