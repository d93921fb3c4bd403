package io.larder.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The versions of the tags and of the namespace that an entry was loaded under, by {@link Markers marker}. The entry is
 * valid as long as each is still the version of now. Immutable.
 */
final class Versions {
    /** Those of an entry without tags. */
    static final Versions NONE = new Versions(List.of(), new long[0]);

    /** Most tags of one entry, its namespace included. */
    static final int COUNT_MAX = 32;

    private final List<String> markers;
    private final long[] numbers;

    private Versions(List<String> markers, long[] numbers) {
        this.markers = markers;
        this.numbers = numbers;
    }

    /** Versions, in the order of the markers; the array belongs to the result. */
    static Versions of(List<String> markers, long[] numbers) {
        return markers.isEmpty() ? NONE : new Versions(List.copyOf(markers), numbers);
    }

    boolean isEmpty() {
        return markers.isEmpty();
    }

    List<String> markers() {
        return markers;
    }

    /** The version of {@code markers().get(index)}. */
    long number(int index) {
        return numbers[index];
    }

    /** Whether an invalidation by any of these markers would reach the entry. */
    boolean covers(List<String> declared) {
        return declared.isEmpty() || markers.containsAll(declared);
    }

    /** Both; they must have no marker in common. */
    Versions plus(Versions more) {
        List<String> all = new ArrayList<>(markers);
        all.addAll(more.markers);
        return of(
                all,
                LongStream.concat(Arrays.stream(numbers), Arrays.stream(more.numbers))
                        .toArray());
    }

    /** The part of them that concerns these markers, all of which must be there. */
    Versions only(List<String> some) {
        return of(
                some,
                some.stream()
                        .mapToLong(marker -> numbers[markers.indexOf(marker)])
                        .toArray());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Versions that && markers.equals(that.markers) && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
        return 31 * markers.hashCode() + Arrays.hashCode(numbers);
    }
}
