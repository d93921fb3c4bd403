import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Prints one line that counts the tests of a build: {@code 12 passed, 0 failed, 1 skipped}.
 *
 * <p>Usage: {@code java CountTests.java <folder of the build> [<time it started, ISO>]}; reports older than that are of an
 * earlier build and do not count. A test that passed on its second try has passed. Ends with 1 where no test ran.
 */
final class CountTests {
    private static final Pattern SUITE = Pattern.compile("<testsuite\\b[^>]*>", Pattern.DOTALL);

    /** A class that could not begin at first, which its report counts as one more test. */
    private static final Pattern LATE_BEGIN =
            Pattern.compile("<testcase\\b[^>]*\\bname=\"initializationError\"[^>]*>\\s*<flaky");

    public static void main(String[] arguments) throws IOException {
        Instant since = arguments.length > 1 ? Instant.parse(arguments[1]) : Instant.EPOCH;
        long tests = 0;
        long failed = 0;
        long skipped = 0;
        for (Path report : reports(Path.of(arguments[0]))) {
            if (Files.getLastModifiedTime(report).toInstant().isBefore(since)) {
                continue;
            }
            String text = Files.readString(report);
            Matcher suite = SUITE.matcher(text);
            if (suite.find()) {
                tests += number(suite.group(), "tests") - LATE_BEGIN.matcher(text).results().count();
                failed += number(suite.group(), "failures") + number(suite.group(), "errors");
                skipped += number(suite.group(), "skipped");
            }
        }
        System.out.printf("%d passed, %d failed, %d skipped%n", tests - failed - skipped, failed, skipped);
        if (tests == 0) {
            System.exit(1);
        }
    }

    private static List<Path> reports(Path build) throws IOException {
        try (Stream<Path> modules = Files.list(build)) {
            return modules.map(module -> module.resolve("target/surefire-reports"))
                    .filter(Files::isDirectory)
                    .flatMap(CountTests::list)
                    .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .toList();
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long number(String tag, String name) {
        Matcher value = Pattern.compile("\\b" + name + "=\"(\\d+)\"").matcher(tag);
        return value.find() ? Long.parseLong(value.group(1)) : 0;
    }
}
