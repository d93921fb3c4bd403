package io.larder.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Larder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;

/** The agent in a JVM of its own, declared on the command line. */
class AgentTest {
    private static final long WAIT_SECONDS = 60;

    @TempDir
    private Path directory;

    /** What the JVM runs: the fixtures as the JVM loads them. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws IOException {
            Fixtures.Store store = new Fixtures.Store();
            try (Larder larder = Larder.builder()
                    .pipe("half", Double.class, x -> String.valueOf(x / 2))
                    .open()) {
                larder.bind(Fixtures.Store.class);
                System.out.println(store.priceOf("a") + " " + store.priceOf("a") + " " + store.failing(7));
            }
        }
    }

    private record Outcome(int status, String out, String error) {}

    private Outcome run(String packages) throws Exception {
        Path jar = directory.resolve("agent.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", Agent.class.getName());
        new JarOutputStream(Files.newOutputStream(jar), manifest).close(); // all code comes from the class path
        Path out = directory.resolve("out");
        Path error = directory.resolve("error");
        Process jvm = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-javaagent:" + jar + packages,
                        "-cp",
                        String.join(
                                File.pathSeparator,
                                System.getProperty("java.class.path"),
                                ClassReader.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath()),
                        Program.class.getName()))
                .redirectOutput(out.toFile())
                .redirectError(error.toFile())
                .start();
        try {
            assertThat(jvm.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            jvm.destroyForcibly();
        }
        return new Outcome(
                jvm.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8).strip(),
                Files.readString(error, StandardCharsets.UTF_8).strip());
    }

    @Test
    void agent_weavesWhatItsPackagesHold_withoutAWarning() throws Exception {
        Outcome outcome = run("=com.other,io.larder.weave");

        assertThat(outcome.error()).isEmpty();
        assertThat(outcome.out()).isEqualTo("a#1 a#1 7");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void agent_forOtherPackages_leavesTheClassAsItIs() throws Exception {
        Outcome outcome = run("=com.other");

        assertThat(outcome.error()).contains("io.larder.weave.Fixtures$Store is not woven; run larder-weave");
        assertThat(outcome.status()).isEqualTo(1);
    }

    @Test
    void transform_whatCannotBeWoven_leavesItAndDoesNotFail() {
        Agent.Transformer transformer = new Agent.Transformer("");
        java.util.logging.Logger log = java.util.logging.Logger.getLogger("io.larder.weave");
        log.setLevel(java.util.logging.Level.OFF); // it says so on the terminal
        String name = Fixtures.class.getName() + "$NoCode";

        byte[] woven = transformer.transform(
                getClass().getClassLoader(), name.replace('.', '/'), null, null, WeavingLoader.bytes(name));

        assertThat(woven).isNull();
        assertThat(transformer.transform(
                        getClass().getClassLoader(),
                        name.replace("NoCode", "Numbers").replace('.', '/'),
                        null,
                        null,
                        WeavingLoader.bytes(name.replace("NoCode", "Numbers"))))
                .isNotNull();
    }
}
