package io.larder.cache;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tags and the namespace of a cached function: which markers its entry for an argument depends on. Immutable. */
final class Tagging<K extends @Nullable Object> {
    private final List<KeyTemplate<K>> templates;
    private final List<String> fixed; // the markers, where no tag depends on the argument
    private final boolean isFixed;
    private final String namespace;

    private Tagging(List<KeyTemplate<K>> templates, boolean isFixed, String namespace) {
        this.namespace = namespace;
        this.templates = templates;
        this.isFixed = isFixed;
        this.fixed = isFixed ? render(templates, Nulls.cast(null)) : List.of();
    }

    /** Of a function without any. */
    static <K extends @Nullable Object> Tagging<K> none() {
        return new Tagging<>(List.of(), true, "");
    }

    /**
     * Compiles tags.
     *
     * @param namespace empty for none
     * @throws IllegalArgumentException if one cannot work, or there are more than an entry can have
     */
    static <K extends @Nullable Object> Tagging<K> of(List<String> tags, String namespace, KeyScope scope) {
        List<KeyTemplate<K>> templates = new ArrayList<>();
        if (!namespace.isEmpty()) {
            templates.add(KeyTemplate.compileMarker(Markers.NAMESPACE, checked(namespace), scope));
        }
        for (String tag : tags) {
            templates.add(KeyTemplate.compileMarker(Markers.TAG, tag, scope));
        }
        if (templates.size() > Versions.COUNT_MAX) {
            throw new IllegalArgumentException("an entry has at most %d tags, these are %d; leave some out"
                    .formatted(Versions.COUNT_MAX, templates.size()));
        }
        return new Tagging<>(List.copyOf(templates), templates.stream().noneMatch(KeyTemplate::hasSlots), namespace);
    }

    private static String checked(String namespace) {
        if (namespace.indexOf('{') >= 0) {
            throw new IllegalArgumentException(
                    "namespace \"%s\" depends on the argument; a namespace is one name, use a tag instead"
                            .formatted(namespace));
        }
        return namespace;
    }

    /** Empty for none. */
    String namespace() {
        return namespace;
    }

    boolean isEmpty() {
        return templates.isEmpty();
    }

    /** The markers of the entry for this argument. */
    List<String> markers(K argument) {
        return isFixed ? fixed : render(templates, argument);
    }

    private static <K extends @Nullable Object> List<String> render(List<KeyTemplate<K>> templates, K argument) {
        if (templates.size() == 1) {
            return List.of(templates.get(0).render(argument));
        }
        List<String> markers = new ArrayList<>(templates.size());
        for (KeyTemplate<K> template : templates) {
            markers.add(template.render(argument));
        }
        return Markers.distinct(markers);
    }
}
