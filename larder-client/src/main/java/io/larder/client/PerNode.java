package io.larder.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Answers of nodes: every node is in exactly one of the two, by {@link Node#name()}, in the order configured.
 *
 * @param answers what those said that answered
 * @param failed why the others did not
 */
public record PerNode<T>(Map<String, T> answers, Map<String, MemcachedException> failed) {
    public PerNode {
        answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /**
     * The answers, if every node gave one.
     *
     * @throws MemcachedException the first failure otherwise
     */
    public Map<String, T> orThrow() {
        for (MemcachedException first : failed.values()) {
            throw first;
        }
        return answers;
    }
}
