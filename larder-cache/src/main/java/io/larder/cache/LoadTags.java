package io.larder.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tags of an entry that is being loaded: those of its definition, whose versions were read before the load, and those the
 * loader names. For the thread of the load.
 */
final class LoadTags {
    private final Definition<?> shared;
    private final String key;
    private final Flight<?> flight;
    private final Function<List<String>, @Nullable Versions> read;
    private @Nullable Versions versions;

    /**
     * Tags of a load.
     *
     * @param versions those known so far; {@code null} if nothing will be written
     * @param read the versions of now; {@code null} if the store cannot tell
     */
    LoadTags(
            Definition<?> shared,
            String key,
            Flight<?> flight,
            @Nullable Versions versions,
            Function<List<String>, @Nullable Versions> read) {
        this.shared = shared;
        this.key = key;
        this.flight = flight;
        this.versions = versions;
        this.read = read;
    }

    /**
     * Reads the version of each tag once for all entries of one load. What was read first is no younger than what would be read
     * again, so it is at least as strict.
     */
    static Function<List<String>, @Nullable Versions> once(Function<List<String>, @Nullable Versions> read) {
        return new Function<>() {
            private Versions known = Versions.NONE;

            @Override
            public @Nullable Versions apply(List<String> markers) {
                List<String> unknown = new ArrayList<>(markers);
                unknown.removeAll(known.markers());
                Versions more = unknown.isEmpty() ? Versions.NONE : read.apply(unknown);
                if (more == null) {
                    return null;
                }
                known = known.plus(more);
                return known.only(markers);
            }
        };
    }

    /** What the entry is written under; {@code null} if it is not written. */
    @Nullable
    Versions versions() {
        return versions;
    }

    /** The loader names tags. */
    void add(List<String> tags) {
        List<String> markers = markers(shared, tags);
        Versions before = versions;
        if (before == null) { // nothing is written, but who comes after an invalidation must not join
            markers.forEach(this::tell);
            return;
        }
        List<String> added = new ArrayList<>(markers);
        added.removeAll(before.markers());
        if (before.markers().size() + added.size() > Versions.COUNT_MAX) {
            throw new IllegalStateException("an entry has at most %d tags, with these it has %d; leave some out"
                    .formatted(Versions.COUNT_MAX, before.markers().size() + added.size()));
        }
        added.forEach(this::tell);
        Versions more = added.isEmpty() ? Versions.NONE : read.apply(added); // after the flight is known to have them
        versions = more == null ? null : before.plus(more);
    }

    private void tell(String marker) {
        if (flight.markers().size() < Versions.COUNT_MAX && flight.tag(marker)) {
            shared.overtake(key, flight);
        }
    }

    /**
     * The markers of tags.
     *
     * @throws RuntimeException if they cannot be tags of such an entry
     */
    static List<String> markers(Definition<?> shared, List<String> tags) {
        if (!shared.takesTags()) {
            throw new IllegalStateException(
                    "\"%s\" cannot have tags: its store may answer with what was written before the last write; leave them out, or route it elsewhere"
                            .formatted(shared.template()));
        }
        return Markers.distinct(
                tags.stream().map(tag -> Markers.keyOf(Markers.TAG, tag)).toList());
    }
}
