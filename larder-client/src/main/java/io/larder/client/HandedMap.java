package io.larder.client;

import java.util.LinkedHashMap;

/**
 * A map in the order of insertion whose maker hands it over and forgets it: who gets one need not copy it.
 *
 * <p>Not for what callers have ever seen.
 */
final class HandedMap<K, V> extends LinkedHashMap<K, V> {
    /** @param sizeMax entries it holds without growing */
    HandedMap(int sizeMax) {
        super(capacity(sizeMax));
    }

    /** Three quarters of the table are filled at most. */
    private static int capacity(int size) {
        return size + size / 3 + 1;
    }
}
