package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.larder.base.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of bytes, against Larder always and against a real memcached where one is named. */
class DialogueTest {
    private static final int WHOLE = Integer.MAX_VALUE / 2;
    private static CacheServer server;

    @BeforeAll
    static void open() {
        server = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    static List<Dialogue> larder() {
        return tableFor("larder");
    }

    static List<Dialogue> memcached() {
        return tableFor("memcached");
    }

    static List<Dialogue> small() {
        return larder().stream()
                .filter(dialogue -> dialogue.sent().length() < 10_000)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("larder")
    void larder_inOnePiece_answersTheSame(Dialogue dialogue) throws IOException {
        check(dialogue, server.addresses().get(0), WHOLE);
    }

    @ParameterizedTest
    @MethodSource("small")
    void larder_byteByByte_answersTheSame(Dialogue dialogue) throws IOException {
        check(dialogue, server.addresses().get(0), 1);
    }

    @ParameterizedTest
    @MethodSource("memcached")
    @EnabledIfSystemProperty(named = "larder.memcached", matches = ".+")
    void memcached_inOnePiece_answersTheSame(Dialogue dialogue) throws IOException {
        HostPort real = HostPort.parse(System.getProperty("larder.memcached"));
        check(dialogue, new InetSocketAddress(real.host(), real.portOr(ServerConfig.PORT_DEFAULT)), WHOLE);
    }

    private static void check(Dialogue dialogue, InetSocketAddress address, int chunk) throws IOException {
        String received = dialogue.with(address, chunk);

        if (!dialogue.isAnsweredBy(received)) {
            if (dialogue.expected().length() < 2000) {
                assertThat(received).isEqualTo(dialogue.expected());
            }
            fail(
                    "%d bytes received, expected %d",
                    received.length(), dialogue.expected().length());
        }
    }

    private static List<Dialogue> tableFor(String who) {
        return Stream.of("classic.dialogues", "meta.dialogues", "admin.dialogues")
                .flatMap(table -> Dialogue.table(table).stream())
                .filter(dialogue ->
                        dialogue.onlyFor().isEmpty() || dialogue.onlyFor().equals(who))
                .toList();
    }
}
