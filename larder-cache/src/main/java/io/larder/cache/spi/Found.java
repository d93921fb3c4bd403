package io.larder.cache.spi;

import java.util.Map;

/**
 * The answer to {@link Store#findAll}. A key that is in neither map is not in the store.
 *
 * @param values what was found, by key
 * @param failures keys that could not be asked for, with the reason
 */
public record Found<T>(Map<String, T> values, Map<String, RuntimeException> failures) {
    public Found {
        values = Map.copyOf(values);
        failures = Map.copyOf(failures);
    }
}
