package io.larder.cache;

import io.larder.base.Printable;
import io.larder.base.Suggestion;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A key template like {@code "user:{user.id}:{accountId}"}, compiled against the declared types of the arguments.
 *
 * <p>Whatever cannot work is refused here: unknown names and properties, types without a key form, slots that could not
 * be told apart. Immutable.
 *
 * @param <K> the argument it is applied to
 */
final class KeyTemplate<K extends @Nullable Object> {
    private static final int CHARS_MAX = 1000;
    private static final int SLOT_CHARS_GUESS = 20; // of a long with its sign, exactly

    private final String[] literals; // one more than slots
    private final byte[][] raw; // the same as bytes
    private final KeySlot[] slots;
    private final List<String> pipes; // one text a slot
    private final int capacity;
    private final boolean numberAtEnd; // the whole argument is one whole number, and the key is short
    private final boolean textAtEnd; // or one text

    private KeyTemplate(String[] literals, KeySlot[] slots, List<String> pipes, int capacity) {
        this.literals = literals;
        this.raw = Arrays.stream(literals).map(KeyWriter::literal).toArray(byte[][]::new);
        this.slots = slots;
        this.pipes = pipes;
        this.capacity = capacity;
        boolean oneAtEnd = slots.length == 1 && literals[1].isEmpty();
        this.numberAtEnd = oneAtEnd
                && slots[0].isWhole(KeyFormats.WHOLE_NUMBER)
                && literals[0].length() + SLOT_CHARS_GUESS <= KeyWriter.KEY_BYTES_MAX;
        this.textAtEnd = oneAtEnd && slots[0].isWhole(KeyFormats.STRING);
    }

    boolean hasSlots() {
        return slots.length > 0;
    }

    /** The text before the first slot: what all its keys begin with. */
    String head() {
        return literals[0];
    }

    /** The template without what is in its slots: only those with the same shape can make the same key. */
    String shape() {
        return String.join("{}", literals);
    }

    /** The pipes of each slot, in order: those of the same shape with other pipes make one key of different values. */
    List<String> pipes() {
        return pipes;
    }

    /** The key for an argument: 1 to 200 printable ASCII characters without blanks. */
    String render(K argument) {
        if (numberAtEnd && argument != null) { // "account:{key}": most templates; nothing is allocated but the key
            return literals[0] + ((Number) argument).longValue();
        }
        if (textAtEnd && argument instanceof String text && isPlainAndShort(text)) {
            return literals[0].concat(text);
        }
        KeyWriter out = new KeyWriter(capacity);
        out.raw(raw[0]);
        for (int i = 0; i < slots.length; i++) {
            slots[i].write(out, argument);
            out.raw(raw[i + 1]);
        }
        return out.finish();
    }

    private boolean isPlainAndShort(String text) {
        return literals[0].length() + text.length() <= KeyWriter.KEY_BYTES_MAX && KeyWriter.isPlain(text);
    }

    /**
     * Compiles a template.
     *
     * @throws IllegalArgumentException if it cannot work; one line that names the template and what to write
     */
    static <K extends @Nullable Object> KeyTemplate<K> compile(String text, KeyScope scope) {
        return new Compiler(text, "", scope).compile();
    }

    /** Compiles the template of a tag, whose marker's key begins with {@code kind}. */
    static <K extends @Nullable Object> KeyTemplate<K> compileMarker(String kind, String text, KeyScope scope) {
        return new Compiler(text, kind, scope).compile();
    }

    /**
     * A way from an argument to a value.
     *
     * @param type of the value
     */
    record Path(Type type, List<Properties.Step> steps) {
        /** The value; null where anything on the way is. */
        @Nullable
        Object from(@Nullable Object argument) {
            Object value = argument;
            for (int i = 0; i < steps.size() && value != null; i++) {
                value = steps.get(i).from(value);
            }
            return value;
        }
    }

    /** Compiles a path alone. */
    static Path path(String what, String path, KeyScope scope) {
        return new Compiler(path, what, scope).path(path);
    }

    /** The names that the paths of a template begin with. */
    static Set<String> roots(String text) {
        Compiler compiler = new Compiler(text, "", new KeyScope(Map.of(), "", Pipes.BUILT_IN));
        compiler.split();
        Set<String> roots = new LinkedHashSet<>();
        for (String path : compiler.paths) {
            if (!path.startsWith("@")) {
                roots.add(path.split("[.|]", -1)[0].strip());
            }
        }
        return roots;
    }

    /** The state of one compilation. */
    private static final class Compiler {
        private final String text;
        private final String kind; // empty for keys of entries
        private final KeyScope scope;
        private final List<String> literals = new ArrayList<>();
        private final List<String> paths = new ArrayList<>();

        Compiler(String text, String kind, KeyScope scope) {
            this.text = text;
            this.kind = kind;
            this.scope = scope;
        }

        <K extends @Nullable Object> KeyTemplate<K> compile() {
            split();
            literals.forEach(this::checkLiteral);
            if (String.join("", literals).isEmpty()) {
                throw refused("has no text of its own; write a name in front, like account:{key}");
            }
            KeySlot[] slots = new KeySlot[paths.size()];
            for (int i = 0; i < slots.length; i++) {
                slots[i] = slot(paths.get(i), separator(i));
            }
            if (kind.isEmpty() && literals.get(0).indexOf(Markers.SIGN) == 0) {
                throw refused("begins with ~, as Larder's own entries do; begin with a name, like account:{key}");
            }
            literals.set(0, kind + literals.get(0));
            int capacity = kind.length() + text.length() + SLOT_CHARS_GUESS * slots.length;
            List<String> pipes = paths.stream().map(Compiler::pipes).toList();
            return new KeyTemplate<>(literals.toArray(String[]::new), slots, pipes, capacity);
        }

        private void split() {
            if (text.length() > CHARS_MAX) {
                throw refused("is longer than %d characters; shorten its literal text".formatted(CHARS_MAX));
            }
            int at = 0;
            for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
                int close = text.indexOf('}', open);
                if (close < 0) {
                    throw refused("has a { without }; write {name} or {name.property}");
                }
                literals.add(text.substring(at, open));
                paths.add(text.substring(open + 1, close));
                at = close + 1;
            }
            literals.add(text.substring(at));
        }

        private void checkLiteral(String literal) {
            for (int i = 0; i < literal.length(); i++) {
                char c = literal.charAt(i);
                if (c == '}') {
                    throw refused("has a } without {; write {name} or {name.property}");
                }
                if (c <= ' ' || c >= 0x7f) {
                    throw refused("contains \"%s\"; keys are printable ASCII without blanks, use : or - instead"
                            .formatted(Printable.of(String.valueOf(c))));
                }
            }
        }

        /** The character that ends slot i: one that its value is never written with. */
        private char separator(int i) {
            String next = literals.get(i + 1);
            boolean last = i == paths.size() - 1;
            if (last) {
                return 0;
            }
            if (next.isEmpty() || !mayEndSlot(next.charAt(0))) {
                throw refused("must part {%s} and {%s} by a sign that no value contains; write {%s}:{%s}"
                        .formatted(paths.get(i), paths.get(i + 1), paths.get(i), paths.get(i + 1)));
            }
            return next.charAt(0);
        }

        private static boolean mayEndSlot(char c) {
            boolean mayBeInside = Character.isLetterOrDigit(c) || KeyWriter.STRUCTURE.indexOf(c) >= 0;
            return c == ':' || c == '*' || !mayBeInside;
        }

        private static String pipes(String slot) {
            return Arrays.stream(slot.split("\\|", -1))
                    .skip(1)
                    .map(String::strip)
                    .collect(Collectors.joining("|"));
        }

        private KeySlot slot(String text, char separator) {
            String[] parts = text.split("\\|", -1);
            String path = parts[0].strip();
            boolean isAmbient = path.startsWith("@");
            Path compiled = isAmbient ? new Path(String.class, List.of()) : path(path);
            List<Properties.Step> steps = new ArrayList<>(compiled.steps());
            Type type = compiled.type();
            for (int i = 1; i < parts.length; i++) {
                steps.add(pipe(path, parts[i].strip(), type));
                type = String.class;
            }
            if (!isAmbient) {
                return new KeySlot(path, null, steps, format(path, type), separator);
            }
            String name = path.substring(1);
            if (name.isEmpty() || !name.chars().allMatch(Character::isJavaIdentifierPart)) {
                throw refused("has {%s}; write {@name}".formatted(Printable.of(path)));
            }
            return new KeySlot(path, () -> KeyContext.value(name), steps, format(path, type), separator);
        }

        private Pipe pipe(String path, String name, Type type) {
            Pipe pipe;
            try {
                pipe = scope.pipes().find(name, type);
            } catch (IllegalArgumentException e) {
                IllegalArgumentException refusal = refused(
                        "has |%s, which is no date pattern; write date(yyyy-MM-dd)".formatted(Printable.of(name)));
                refusal.initCause(e);
                throw refusal;
            }
            if (pipe == null) {
                throw refused("has no |%s for {%s}, a %s; there are %s"
                        .formatted(
                                Printable.of(name),
                                path,
                                Types.text(type),
                                scope.pipes().shown()));
            }
            return pipe;
        }

        Path path(String path) {
            String[] names = path.split("\\.", -1);
            for (String name : names) {
                if (name.isEmpty() || !name.chars().allMatch(Character::isJavaIdentifierPart)) {
                    throw refused("has {%s}; write {name} or {name.property}".formatted(Printable.of(path)));
                }
            }
            KeyScope.Root root = scope.find(names[0]);
            if (root == null) {
                throw refused("uses {%s}, %s; %s"
                        .formatted(
                                path,
                                scope.shown(),
                                Suggestion.of(names[0], scope.roots().keySet())));
            }
            List<Properties.Step> steps = new ArrayList<>(root.step().stream().toList());
            Type type = root.type();
            for (int i = 1; i < names.length; i++) {
                if (Types.raw(type) == Optional.class) {
                    steps.add(KeySlot.ENTER_OPTIONAL);
                    type = Types.argument(type, 0);
                }
                Properties.Property property = Properties.find(type, names[i]);
                if (property == null) {
                    throw refused("uses {%s}, but %s has no \"%s\"; %s"
                            .formatted(path, Types.text(type), names[i], near(names[i], Properties.names(type))));
                }
                steps.add(property.step());
                type = property.type();
            }
            return new Path(type, steps);
        }

        private KeyFormat format(String path, Type type) {
            KeyFormat format = KeyFormats.of(type);
            if (format == null) {
                Collection<String> names = Properties.names(type);
                String instead = names.isEmpty()
                        ? "use text, numbers, dates, records, List, Set or Map"
                        : "name a property of it, like {%s.%s}"
                                .formatted(path, names.iterator().next());
                throw refused("uses {%s}, but %s has no key form; %s".formatted(path, Types.text(type), instead));
            }
            return format;
        }

        private static String near(String name, Collection<String> names) {
            return Suggestion.of(name, names);
        }

        private String what() {
            return switch (kind) {
                case "" -> "key template";
                case Markers.TAG -> "tag";
                case Markers.NAMESPACE -> "namespace";
                default -> kind.indexOf(Markers.SIGN) == 0 ? "key template" : kind;
            };
        }

        private IllegalArgumentException refused(String why) {
            return new IllegalArgumentException("%s \"%s\" %s".formatted(what(), text, why));
        }
    }
}
