package io.larder.cache;

import io.larder.base.Printable;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pipes that key templates may use: Larder's and those of the program. Immutable.
 *
 * @param own those of the program, by name, in the order given
 */
record Pipes(Map<String, Own> own) {
    /** Larder's alone. */
    static final Pipes BUILT_IN = new Pipes(Map.of());

    private static final int NAME_CHARS_MAX = 64;

    /**
     * One of the program's.
     *
     * @param type of the values it takes
     */
    record Own(Class<?> type, Pipe pipe) {}

    /**
     * Those and one more.
     *
     * @throws IllegalArgumentException if the name cannot stand in a template, or is taken
     */
    <T> Pipes with(String name, Class<T> type, Function<? super T, String> text) {
        boolean isName = !name.isEmpty()
                && name.length() <= NAME_CHARS_MAX
                && name.chars()
                        .allMatch(c -> c > ' ' && c < 0x7f && (Character.isLetterOrDigit(c) || c == '_' || c == '-'));
        if (!isName) {
            throw new IllegalArgumentException(
                    "pipe \"%s\" has a name no template can write; use letters, digits, - and _, at most %d"
                            .formatted(Printable.of(name), NAME_CHARS_MAX));
        }
        if (Pipe.isBuiltIn(name) || own.containsKey(name)) {
            throw new IllegalArgumentException("pipe \"%s\" %s; give it another name"
                    .formatted(name, own.containsKey(name) ? "is given twice" : "is one of Larder's own"));
        }
        Map<String, Own> all = new LinkedHashMap<>(own);
        @SuppressWarnings("unchecked") // find compares the declared type
        Pipe pipe = new Pipe(value -> text.apply((T) value));
        all.put(name, new Own(Types.raw(Types.boxed(type)), pipe));
        return new Pipes(all);
    }

    /**
     * The pipe of this name, or {@code null} if there is none for values of the type.
     *
     * @throws IllegalArgumentException if a date pattern is none
     */
    @Nullable
    Pipe find(String name, Type type) {
        Own ours = own.get(name);
        if (ours == null) {
            return Pipe.of(name, type);
        }
        return ours.type().isAssignableFrom(Types.raw(type)) ? ours.pipe() : null;
    }

    /** Those there are, for messages. */
    String shown() {
        StringBuilder shown = new StringBuilder(Pipe.NAMES + ", of text and of dates");
        own.forEach((name, pipe) -> shown.append(", ")
                .append(name)
                .append(" of ")
                .append(pipe.type().getSimpleName()));
        return shown.toString();
    }
}
