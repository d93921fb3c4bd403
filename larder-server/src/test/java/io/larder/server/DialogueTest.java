package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.larder.base.FakeTicker;
import io.larder.base.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
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

    /** Seconds of memcached's clock may begin in the midst of a dialogue that tells of times, but not of each try. */
    private static final int MEMCACHED_TRIES = 5;

    private static CacheServer server;

    @BeforeAll
    static void open() {
        // its clock stands still: a second that begins in the midst of a dialogue would show in the TTLs that are told
        server = CacheServer.open(
                ServerConfig.DEFAULT.withPort(0).withThreads(2),
                new FakeTicker(),
                InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z")),
                System.err);
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
        InetSocketAddress address = new InetSocketAddress(real.host(), real.portOr(ServerConfig.PORT_DEFAULT));
        for (int left = MEMCACHED_TRIES - 1; left > 0; left--) {
            if (dialogue.isAnsweredBy(dialogue.with(address, WHOLE))) {
                return;
            }
        }
        check(dialogue, address, WHOLE);
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
