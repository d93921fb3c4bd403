package io.larder.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Which store keeps a key: that with the longest prefix. Found for a whole key template when the function is defined, so
 * that a call need not look. Immutable.
 */
final class Routes implements AutoCloseable {
    private final Map<String, Backend> byPrefix;

    /**
     * Routes.
     *
     * @param byPrefix with one for the empty prefix
     */
    Routes(Map<String, Backend> byPrefix) {
        this.byPrefix = new TreeMap<>(byPrefix);
    }

    /**
     * The prefix of the store for all keys of a template.
     *
     * @param head the text that all its keys begin with
     * @throws IllegalArgumentException if some of its keys would go to another store than others
     */
    String prefixOf(String template, String head) {
        String best = "";
        for (String prefix : byPrefix.keySet()) {
            if (head.startsWith(prefix)) {
                best = prefix.length() > best.length() ? prefix : best;
            } else if (prefix.startsWith(head)) {
                throw new IllegalArgumentException(
                        "key template \"%s\" would be routed by its argument: \"%s\" goes elsewhere; begin it with other text"
                                .formatted(template, prefix));
            }
        }
        return best;
    }

    Backend backend(String prefix) {
        return Objects.requireNonNull(byPrefix.get(prefix));
    }

    Collection<Backend> all() {
        return byPrefix.values();
    }

    List<StoreHealth> health() {
        List<StoreHealth> health = new ArrayList<>();
        byPrefix.forEach((prefix, backend) -> backend.health(prefix).ifPresent(health::add));
        return health;
    }

    List<StoreStats> stats() {
        List<StoreStats> stats = new ArrayList<>();
        byPrefix.forEach((prefix, backend) -> backend.stats(prefix).ifPresent(stats::add));
        return stats;
    }

    @Override
    public void close() {
        RuntimeException first = null;
        for (Backend backend : byPrefix.values()) {
            try {
                backend.close();
            } catch (RuntimeException e) {
                first = first == null ? e : first; // the others are closed all the same
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
