package io.larder.cache;

import io.larder.base.Printable;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the versions of tags and namespaces are kept: in the store, beside the entries, one number under a marker's key.
 *
 * <p>To invalidate a tag is to replace its number. Numbers are drawn at random from all 64-bit ones, so a marker that the store
 * has lost is begun anew with a number that no entry has: that costs misses, and never brings an entry back. For the same
 * reason two processes may replace a number at the same moment, whoever comes last. Thread-safe.
 */
interface Markers {
    /** What markers' keys begin with; no key template may. */
    char SIGN = '~';

    /** Before the text of a tag. */
    String TAG = "~tag:";

    /** Before the name of a namespace. */
    String NAMESPACE = "~ns:";

    /**
     * The marker's key for a text, cut and digested beyond the longest key.
     *
     * @throws IllegalArgumentException if the text has a character that stores take in no key
     */
    static String keyOf(String kind, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                throw new IllegalArgumentException("%s \"%s\" has the character U+%04X, which no key has; %s"
                        .formatted(
                                kind.equals(TAG) ? "tag" : "namespace",
                                Printable.of(text),
                                (int) c,
                                kind.equals(TAG)
                                        ? "write it as tags(k) gives it, with %XX for such characters"
                                        : "write it as the cached function does"));
            }
        }
        KeyWriter out = new KeyWriter(kind.length() + text.length());
        out.raw(kind);
        out.raw(text);
        return out.finish();
    }

    /**
     * The versions of now; those that are not there are begun.
     *
     * @throws RuntimeException if the store could not answer
     */
    Versions read(Collection<String> markers);

    /**
     * The version of now, or {@code null} if there is none, which this does not change.
     *
     * @throws RuntimeException if the store could not answer
     */
    @Nullable
    Long peek(String marker);

    /** Whether all versions are those of now. One that is not there is none of now. */
    boolean areCurrent(Versions versions);

    /**
     * Begins a new version: every entry of the old one is invalid.
     *
     * @throws RuntimeException if entries of the old one may still be served
     */
    void renew(String marker);

    /** Distinct markers in a fixed order. */
    static List<String> distinct(Collection<String> markers) {
        return markers.stream().distinct().toList();
    }
}
