package io.larder.cache;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one place holds, seen without changing anything.
 *
 * @param lookup as a get would see it
 */
record Inspection<V extends @Nullable Object>(
        Detector.Level place,
        Explanation.State state,
        Lookup<V> lookup,
        @Nullable Meta meta,
        List<Explanation.Tag> tags,
        String note) {
    /** Of a place with nothing to look into. */
    static <V extends @Nullable Object> Inspection<V> without(
            Detector.Level place, Explanation.State state, Lookup<V> lookup, String note) {
        return new Inspection<>(place, state, lookup, null, List.of(), note);
    }

    /** Of a place that could not be asked. */
    static <V extends @Nullable Object> Inspection<V> unavailable(Detector.Level place, RuntimeException cause) {
        return without(
                place,
                Explanation.State.UNAVAILABLE,
                new Lookup.Unavailable<>(cause),
                String.valueOf(cause.getMessage()));
    }

    /**
     * Of an entry.
     *
     * @param held the entry, its tags left aside
     * @param versions those it was written under
     * @param declared the markers it has to have
     * @param markers the versions of now
     */
    static <V extends @Nullable Object> Inspection<V> of(
            Detector.Level place, Lookup<V> held, Versions versions, List<String> declared, Markers markers) {
        List<Explanation.Tag> tags = new ArrayList<>();
        try {
            Set<String> all = new LinkedHashSet<>(declared);
            all.addAll(versions.markers());
            for (String marker : all) {
                int index = versions.markers().indexOf(marker);
                tags.add(new Explanation.Tag(
                        marker,
                        index < 0 ? Optional.empty() : Optional.of(versions.number(index)),
                        Optional.ofNullable(markers.peek(marker))));
            }
        } catch (RuntimeException e) {
            return unavailable(place, e);
        }
        Meta meta = Meta.of(held);
        if (!tags.stream().allMatch(Explanation.Tag::isCurrent)) {
            return new Inspection<>(
                    place, Explanation.State.INVALIDATED, new Lookup.Absent<>(), meta, List.copyOf(tags), "");
        }
        String note = held instanceof Lookup.Negative<V> negative ? negative.type() : "";
        return new Inspection<>(place, state(held), held, meta, List.copyOf(tags), note);
    }

    private static Explanation.State state(Lookup<?> held) {
        if (held instanceof Lookup.Fresh<?>) {
            return Explanation.State.FRESH;
        }
        if (held instanceof Lookup.Stale<?>) {
            return Explanation.State.STALE;
        }
        return held instanceof Lookup.Negative<?> ? Explanation.State.NEGATIVE : Explanation.State.ABSENT;
    }
}
