package io.larder.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is compiled and run as it stands there, and prints what the README says it prints. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void example_inMemory_printsWhatTheReadmeSays() throws IOException, InterruptedException {
        assertThat(compileAndRun(block("java"))).isEqualTo(block("text"));
    }

    @Test
    void example_urlOfAServer_printsTheSame() throws IOException, InterruptedException {
        try (CacheServer server =
                CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1))) {
            String url = "memcached://127.0.0.1:" + server.port() + ExamplesTest.PATIENT;
            String example = block("java").replace("\"mem:\"", "\"" + url + "\"");

            assertThat(example).contains("memcached://");
            assertThat(compileAndRun(example)).isEqualTo(block("text"));
        }
    }

    private String compileAndRun(String source) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("Example.java"), source);
        String classPath = System.getProperty("java.class.path");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int exitCode = ToolProvider.getSystemJavaCompiler()
                .run(
                        InputStream.nullInputStream(),
                        errors,
                        errors,
                        "-Xlint:all",
                        "-Werror",
                        "-proc:none",
                        "-cp",
                        classPath,
                        "-d",
                        folder.toString(),
                        file.toString());
        assertThat(exitCode).as(errors.toString(UTF_8)).isZero();
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        folder + System.getProperty("path.separator") + classPath,
                        "Example"))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed.replace(System.lineSeparator(), "\n");
    }

    private static String block(String language) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        assertThat(block.find()).as("README has a block of " + language).isTrue();
        return block.group(1);
    }
}
