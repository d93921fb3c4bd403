package io.larder.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code larder} in a folder of its own that counts as built, with a Java that only does what the test says. */
class LauncherTest {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final int SECONDS_MAX = 120;

    @TempDir
    Path home;

    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void lookBuilt() throws Exception {
        program(REPOSITORY.resolve("larder"), home.resolve("larder"));
        Files.copy(REPOSITORY.resolve("pom.xml"), home.resolve("pom.xml"));
        Path texts = Files.createDirectories(home.resolve("larder-cli/src/main/resources/io/larder/cli"));
        for (String text : List.of("serve-help.txt", "license.txt", "help.txt")) {
            Files.copy(
                    REPOSITORY
                            .resolve("larder-cli/src/main/resources/io/larder/cli")
                            .resolve(text),
                    texts.resolve(text));
        }
        for (String module :
                List.of("base", "protocol", "storage", "server", "client", "cache", "cache-memcached", "cli")) {
            Files.createDirectories(home.resolve("larder-" + module + "/src/main"));
            Files.createFile(home.resolve("larder-" + module + "/pom.xml"));
        }
        Files.createDirectories(home.resolve("target/larder/lib"));
        Files.createFile(home.resolve("target/larder/lib/larder-cli.jar"));
        Path built = Files.createFile(home.resolve("target/larder/built"));
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().plusSeconds(3600)));
        Files.createDirectories(home.resolve("jdk/bin"));
        Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        java("for word; do echo \"$word\"; done");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 96, 128",
        "-m 1024, 100, 1088",
        "-m1024, 100, 1088",
        "-vvm1024, 100, 1088",
        "-vp 7 -m 1024, 100, 1088",
        "-p -m -m 1024, 100, 1088",
        "--memory-limit=1024, 100, 1088",
        "--memory-limit 1024 -M, 100, 1088",
        "-m 1g, 100, 1088",
        "-m 0100, 96, 164",
        "-m x, 96, 128",
        "-m, 96, 128",
        "-m 1024 -I 4m, 100, 1088",
        "-m 1024 -I 128m, 612, 1088",
        "-m 1024 -I 134217728, 616, 1088",
        "-m 1024 --max-item-size=128m, 612, 1088",
        "-m 1024 -I 100k, 100, 1088"
    })
    void serve_sizes_boundHeapAndDirectMemory(String flags, int heap, int direct) throws Exception {
        Ended ended = larder("serve " + flags);

        assertThat(ended.code()).isZero();
        assertThat(ended.out().lines()).contains("-Xmx" + heap + "m", "-XX:MaxDirectMemorySize=" + direct + "m");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void serve_words_reachJavaAsTheyAre() throws Exception {
        Ended ended = larder("serve -l a,b -vv -o modern,idle_timeout=3 --port=5");

        assertThat(ended.out())
                .endsWith("io.larder.cli.Main\nserve\n-l\na,b\n-vv\n-o\nmodern,idle_timeout=3\n--port=5\n");
    }

    @ParameterizedTest
    @CsvSource({
        "serve -h, larder serve - a cache server",
        "serve -p 5 --help, larder serve - a cache server",
        "serve -vh, larder serve - a cache server",
        "serve -V, larder 0",
        "serve -i, larder is licensed under the Apache License",
        "-V, larder 0",
        "help, larder - the caching stack"
    })
    void texts_needNoJava(String line, String start) throws Exception {
        Files.delete(home.resolve("jdk/bin/java"));

        Ended ended = larder(line);

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).startsWith(start);
    }

    @Test
    void serve_valueThatLooksLikeHelp_isAValue() throws Exception {
        assertThat(larder("serve -P -h").out()).contains("io.larder.cli.Main\nserve\n-P\n-h\n");
    }

    @Test
    void serve_archiveOfThisJava_isUsed() throws Exception {
        assertThat(larder("serve").out()).doesNotContain("SharedArchiveFile");
        String sum = shell("cksum <jdk/release | tr -d ' '").out().strip();
        Path archive = Files.createFile(home.resolve("target/larder/classes-" + sum + ".jsa"));

        assertThat(larder("serve").out()).contains("-XX:SharedArchiveFile=" + archive.toRealPath());
    }

    @Test
    void serve_exitCodeAndLinesOfJava_areItsOwn() throws Exception {
        java("echo port in use >&2; exit 71");

        assertThat(larder("serve")).isEqualTo(new Ended(71, "", "port in use\n"));
    }

    @Test
    void daemon_thatServes_returnsAtOnceWithZero() throws Exception {
        java("echo hello >&2; echo serving >/dev/fd/3; echo $$ >pid; sleep 60 & echo $! >sleep; wait");

        Ended ended = larder("serve -d");
        shell("until [ -s sleep ]; do :; done; kill $(cat sleep)");

        assertThat(ended).isEqualTo(new Ended(0, "", "hello\n"));
    }

    @Test
    void daemon_thatFails_showsItsLineAndCode() throws Exception {
        java("echo port in use >&2; exit 71");

        assertThat(larder("serve -vvd")).isEqualTo(new Ended(71, "", "port in use\n"));
        assertThat(larder("serve --daemon")).isEqualTo(new Ended(71, "", "port in use\n"));
    }

    @Test
    void serve_coreFiles_areAllowedWhereAskedFor() throws Exception {
        java("ulimit -S -c");

        String without =
                shell("ulimit -S -c 0; JAVA_HOME=$PWD/jdk ./larder serve").out();
        String with =
                shell("ulimit -S -c 0; JAVA_HOME=$PWD/jdk ./larder serve -r").out();

        assertThat(without).isEqualTo("0\n");
        // root may raise a hard limit as well
        assertThat(with)
                .isEqualTo(shell("ulimit -c unlimited 2>/dev/null || :; ulimit -H -c")
                        .out());
    }

    @Test
    void serve_moreConnectionsThanDescriptors_isSaid() throws Exception {
        Ended ended = shell("ulimit -n 64; JAVA_HOME=$PWD/jdk ./larder serve -c 2000000000");

        assertThat(ended.code()).isZero();
        assertThat(ended.err()).isEmpty(); // a number of that size is the flag parser's affair

        ended = shell("ulimit -n 64; JAVA_HOME=$PWD/jdk ./larder serve -c 9999999");

        assertThat(ended.code()).isZero();
        if (shell("ulimit -n 64; ulimit -n 10000099 2>/dev/null").code() == 0) {
            assertThat(ended.err()).isEmpty(); // root may raise it where the kernel's own limit is that high
        } else {
            assertThat(ended.err())
                    .contains("-c 9999999 needs 10000099 file descriptors and ")
                    .contains("lower -c");
        }
    }

    private void java(String body) throws IOException, InterruptedException {
        Path draft = Files.writeString(home.resolve("java.draft"), "#!/bin/sh\n" + body + "\n");
        program(draft, home.resolve("jdk/bin/java"));
        Files.delete(draft);
    }

    /**
     * Written by another process: a program is "busy" as long as anybody has it open for writing, and what this one has open, a
     * child forked by another of its threads keeps open for a moment.
     */
    private void program(Path from, Path to) throws IOException, InterruptedException {
        assertThat(shell("install -m 755 '%s' '%s'".formatted(from, to))).isEqualTo(new Ended(0, "", ""));
    }

    private Ended larder(String line) throws IOException, InterruptedException {
        return shell("JAVA_HOME=$PWD/jdk exec ./larder " + line);
    }

    private Ended shell(String command) throws IOException, InterruptedException {
        Path out = home.resolve("out.txt");
        Path err = home.resolve("err.txt");
        Process process = new ProcessBuilder(new ArrayList<>(List.of("sh", "-c", command)))
                .directory(home.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as(command)
                    .isTrue();
            return new Ended(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }
}
