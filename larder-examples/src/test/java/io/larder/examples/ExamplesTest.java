package io.larder.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class ExamplesTest {
    /** The default deadline of 250 ms is for a client that is warm: the first call of a cold one on a busy machine is slower. */
    static final String PATIENT = "?timeout=60s&connect=60s";

    @Test
    void annotatedService_inMemoryAndOverAServer_printsTheSame() {
        String expected = """
                asking the slow service
                Hello Ada
                Hello Ada
                asking the slow service
                Hello Ada
                """;

        assertThat(printed("mem:", AnnotatedService::run)).isEqualTo(expected);
        try (CacheServer server = openServer()) {
            assertThat(printed("memcached://127.0.0.1:" + server.port() + PATIENT, AnnotatedService::run))
                    .isEqualTo(expected);
        }
    }

    @Test
    void clientAlone_overAServer_printsWhatItStored() {
        try (CacheServer server = openServer()) {
            assertThat(printed("memcached://127.0.0.1:" + server.port() + PATIENT, ClientAlone::run))
                    .isEqualTo("""
                            hello
                            [nothing]
                            2 visitors
                            hello again
                            """);
        }
    }

    @Test
    void guardedCalls_inMemoryAndOverAServer_printsTheSame() {
        String expected = """
                asking the bank
                failed: no answer
                asking the bank
                failed: no answer
                cut off
                bank:{bank}: 2 failed, 1 refused
                the later holder has the higher number: true
                """;

        assertThat(printed("mem:", GuardedCalls::run)).isEqualTo(expected);
        try (CacheServer server = openServer()) {
            assertThat(printed("memcached://127.0.0.1:" + server.port() + PATIENT, GuardedCalls::run))
                    .isEqualTo(expected);
        }
    }

    private static CacheServer openServer() {
        return CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1));
    }

    private static String printed(String url, BiConsumer<String, PrintStream> example) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        example.accept(url, new PrintStream(out, true, UTF_8));
        return out.toString(UTF_8).replace(System.lineSeparator(), "\n");
    }
}
