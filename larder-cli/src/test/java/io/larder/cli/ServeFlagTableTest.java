package io.larder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.server.ServerConfig;
import io.larder.server.ServerVersion;
import io.larder.storage.StorageConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every flag and option of memcached, in each form, and what becomes of it: the rows of {@code flags.table}. */
class ServeFlagTableTest {
    /** The letters of memcached 1.6.45. */
    private static final String LETTERS = "aAZpsUmMckhiVrvdluPfntDLRCbBISFXWYeoN";

    private static final Map<String, String> ENVIRONMENT = Map.of("MEMCACHED_SASL_PWDB", "/users");
    private static final Pattern IN_HELP =
            Pattern.compile("^-(\\w),? +(?:--([\\w-]+))?|^   - (\\w+):", Pattern.MULTILINE);

    /**
     * One line of the table.
     *
     * @param context flags beside it, which it needs
     * @param expected what differs from the context alone, why nothing does, or why it is refused
     */
    private record Row(String letter, String name, String value, String context, String expected) {
        boolean isOption() {
            return letter.equals("-o") && !name.startsWith("--");
        }

        /** How a message names it. */
        String named(String form) {
            return isOption() ? "-o " + name : form.startsWith("--") ? name : letter;
        }

        List<String> forms() {
            String words = value.isEmpty() ? "" : " " + value;
            String equals = value.isEmpty() ? "" : "=" + value;
            if (isOption()) {
                return List.of("-o " + name + equals, "--extended=modern," + name + equals);
            }
            Stream<String> shorts = letter.isEmpty()
                    ? Stream.empty()
                    : value.isEmpty() ? Stream.of(letter) : Stream.of(letter + words, letter + value);
            Stream<String> longs = name.isEmpty() ? Stream.empty() : Stream.of(name + equals);
            return Stream.concat(shorts, longs).toList();
        }
    }

    static List<Row> rows() {
        try (InputStream in = Objects.requireNonNull(ServeFlagTableTest.class.getResourceAsStream("flags.table"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(ServeFlagTableTest::row)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
        return new Row(cells[0], cells[1], cells[2], cells[3], cells[4]);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void flag_inEachForm_actsOrSaysWhyNot(Row row) {
        for (String form : row.forms()) {
            if (row.expected().startsWith("refused: ")) {
                assertThatThrownBy(() -> parse(row.context(), form))
                        .as(form)
                        .isInstanceOf(UsageException.class)
                        .hasMessageStartingWith("larder serve " + row.named(form))
                        .hasMessageEndingWith(": " + row.expected().substring("refused: ".length()))
                        .hasMessageNotContaining("\n");
            } else {
                assertThat(changes(row, form)).as(form).isEqualTo(row.expected());
            }
        }
    }

    @Test
    void table_hasARowForEveryFlagOfMemcachedAndOfOurs() {
        List<Flag> known = Stream.concat(ServeFlagTable.FLAGS.stream(), ServeFlagTable.OPTIONS.stream())
                .toList();

        assertThat(known.stream().map(Flag::letter).filter(letter -> !letter.isEmpty()))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrder(LETTERS.split(""));
        assertThat(known.stream().map(Flag::name).filter(name -> !name.isEmpty()))
                .doesNotHaveDuplicates();
        assertThat(rows().stream().map(row -> row.letter() + " " + row.name()).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        known.stream().map(ServeFlagTableTest::written).toList());
    }

    @Test
    @EnabledIfSystemProperty(named = "larder.memcached", matches = ".+")
    void memcached_whatItsHelpLists_isKnown() throws IOException {
        Process help = new ProcessBuilder("memcached", "-h").start();
        String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        List<String> listed = IN_HELP.matcher(text)
                .results()
                .map(found -> found.group(3) != null
                        ? "-o " + found.group(3)
                        : "-" + found.group(1) + (found.group(2) == null ? " " : " --" + found.group(2)))
                .filter(flag -> !flag.equals("-N --napi_ids")) // it is --napi-ids in truth
                .toList();

        assertThat(listed).hasSizeGreaterThan(80);
        assertThat(Stream.concat(ServeFlagTable.FLAGS.stream(), ServeFlagTable.OPTIONS.stream())
                        .map(ServeFlagTableTest::written))
                .containsAll(listed);
    }

    private static String written(Flag flag) {
        if (ServeFlagTable.OPTIONS.contains(flag)) {
            return "-o " + flag.name();
        }
        return (flag.letter().isEmpty() ? "" : "-" + flag.letter())
                + " "
                + (flag.name().isEmpty() ? "" : "--" + flag.name());
    }

    private static ServeFlags parse(String context, String form) {
        return ServeFlags.parse(List.of((context + " " + form).strip().split(" ", -1)), ENVIRONMENT);
    }

    /** What a flag changes, as {@code name=value}; or the line that says why it changes nothing. */
    private static String changes(Row row, String form) {
        ServeFlags without = row.context().isEmpty()
                ? ServeFlags.parse(List.of(), ENVIRONMENT)
                : ServeFlags.parse(List.of(row.context().split(" ", -1)), ENVIRONMENT);
        ServeFlags with = parse(row.context(), form);
        Map<String, String> before = described(without);
        String changed = described(with).entrySet().stream()
                .filter(entry -> !entry.getValue().equals(before.get(entry.getKey())))
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
        List<String> notes = with.notes().stream()
                .filter(note -> !without.notes().contains(note))
                .filter(note -> row.name().equals("modern") || !note.startsWith("-o modern "))
                .distinct()
                .toList();
        return changed.isEmpty() ? String.join(" ", notes) : changed;
    }

    private static Map<String, String> described(ServeFlags flags) {
        Map<String, String> all = new TreeMap<>();
        put(all, ServerConfig.class, flags.config());
        put(all, StorageConfig.class, flags.config().storage());
        all.remove("storage");
        all.put("adminPort", String.valueOf(flags.adminPort()));
        all.put("adminHost", flags.adminHost());
        all.put("inBackground", String.valueOf(flags.inBackground()));
        all.put("pidFile", String.valueOf(flags.pidFile()));
        all.put("answer", flags.answer().map(ServeFlagTableTest::secondWord).orElse(""));
        all.put("user", refusedUser(flags));
        return all;
    }

    private static String secondWord(String text) {
        return text.replace(ServerVersion.VERSION, "VERSION").split("[ \\n]", 3)[1];
    }

    private static String refusedUser(ServeFlags flags) {
        try {
            flags.checkProcess("root", true);
            return "";
        } catch (UsageException e) {
            return String.valueOf(e.getMessage()).split(" ", 5)[3];
        }
    }

    /** Every setting, so that a flag that changes one more than it should is found out. */
    private static <T> void put(Map<String, String> all, Class<T> type, T config) {
        for (Method method : type.getMethods()) {
            if (method.getDeclaringClass() == type
                    && method.getParameterCount() == 0
                    && !Modifier.isStatic(method.getModifiers())
                    && !List.of("toString", "hashCode").contains(method.getName())) {
                try {
                    all.put(method.getName(), String.valueOf(method.invoke(config)));
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError("a setting cannot be read", e);
                }
            }
        }
    }
}
