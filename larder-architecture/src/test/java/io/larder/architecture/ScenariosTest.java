package io.larder.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the page of scenarios to the tests it names. */
class ScenariosTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| ([^|]+) \\| (larder-[a-z-]+) \\|");
    private static final Pattern NAME = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final Pattern ANNOTATION = Pattern.compile("@(Test|ParameterizedTest|Property|Example)\\b");
    private static final String END_OF_A_MEMBER = "\n    }\n";

    private final Map<Path, String> sources = new HashMap<>();

    private static List<String> rows() throws IOException {
        return Files.readAllLines(ROOT.resolve("docs/scenarios.md")).stream()
                .filter(line -> line.startsWith("|"))
                .filter(line -> !line.startsWith("| scenario |") && !line.startsWith("| --- |"))
                .toList();
    }

    @Test
    void rows_all_haveAScenarioTestsAndAModule() throws IOException {
        assertThat(rows())
                .hasSizeGreaterThan(90)
                .doesNotHaveDuplicates()
                .allSatisfy(row -> assertThat(row).matches(ROW));
    }

    @Test
    void tests_named_areThere() throws IOException {
        for (String row : rows()) {
            MatchResult parts = ROW.matcher(row).results().findFirst().orElseThrow();
            List<MatchResult> names = NAME.matcher(parts.group(2)).results().toList();
            assertThat(names).as(row).isNotEmpty();
            for (MatchResult name : names) {
                assertThat(head(source(parts.group(3), name.group(1)), name.group(2)))
                        .as("%s of \"%s\" in %s", name.group(), parts.group(1), parts.group(3))
                        .containsPattern(ANNOTATION);
            }
        }
    }

    /** What stands before a method, its annotations last; empty if there is no such method. */
    private static String head(String source, String method) {
        int at = source.indexOf(" void " + method + "(");
        return at < 0 ? "" : source.substring(Math.max(0, source.lastIndexOf(END_OF_A_MEMBER, at)), at);
    }

    /** The source of a test class; empty if there is none. */
    private String source(String module, String type) throws IOException {
        Path tests = ROOT.resolve(module).resolve("src/test/java");
        List<Path> found;
        try (Stream<Path> files = Files.walk(tests)) {
            found = files.filter(file -> file.endsWith(type + ".java")).toList();
        }
        if (found.size() != 1) {
            return "";
        }
        String source = sources.get(found.get(0));
        if (source == null) {
            source = Files.readString(found.get(0));
            sources.put(found.get(0), source);
        }
        return source;
    }
}
