package io.larder.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The "did you mean" of error messages. */
public final class Suggestion {
    private static final int DISTANCE_MAX = 3;

    private Suggestion() {}

    /**
     * What to write instead of an unknown word.
     *
     * @return {@code did you mean "x"?} if a known word is near, otherwise {@code known: a, b, c}
     */
    public static String of(String unknown, Collection<String> known) {
        String word = unknown.toLowerCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(near -> distance(word, near.toLowerCase(Locale.ROOT)) <= tolerated(word, near))
                .map("did you mean \"%s\"?"::formatted)
                .orElseGet(() -> known.isEmpty()
                        ? "none is known here"
                        : "known: " + String.join(", ", known.stream().sorted().toList()));
    }

    /** Up to half of a word may be mistyped; one of two letters is another word. */
    private static int tolerated(String unknown, String known) {
        return unknown.length() < 3 ? 0 : Math.min(DISTANCE_MAX, Math.max(unknown.length(), known.length()) / 2);
    }

    /** Edits (insert, remove, replace) between two words: Levenshtein's distance, two rows at a time. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
