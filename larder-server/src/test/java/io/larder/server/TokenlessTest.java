package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.base.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server without CAS tokens ({@code -C}) by tables of bytes, against Larder always and against a real memcached where one is named. */
class TokenlessTest {
    private static final int WHOLE = Integer.MAX_VALUE / 2;
    private static final String NAMED = "larder.memcached.tokenless";

    private static CacheServer server;

    @BeforeAll
    static void open() {
        server =
                CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1).withCas(false));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    static List<Dialogue> larder() {
        return textFor("larder");
    }

    static List<Dialogue> memcached() {
        return textFor("memcached");
    }

    static List<BinaryDialogue> binary() {
        return BinaryDialogue.table("tokenless-binary.dialogues");
    }

    @ParameterizedTest
    @MethodSource("larder")
    void larder_text_answersTheSame(Dialogue dialogue) throws IOException {
        for (int chunk : new int[] {1, WHOLE}) {
            assertThat(dialogue.with(larderAddress(), chunk)).isEqualTo(dialogue.expected());
        }
    }

    @ParameterizedTest
    @MethodSource("memcached")
    @EnabledIfSystemProperty(named = NAMED, matches = ".+")
    void memcached_text_answersTheSame(Dialogue dialogue) throws IOException {
        emptyMemcached();

        assertThat(dialogue.converse(memcachedAddress(), WHOLE)).isEqualTo(dialogue.expected());
    }

    @ParameterizedTest
    @MethodSource("binary")
    void larder_binary_answersTheSame(BinaryDialogue dialogue) throws IOException {
        for (int chunk : new int[] {1, WHOLE}) {
            assertThat(dialogue.with(larderAddress(), chunk)).isEqualTo(dialogue.expected());
        }
    }

    @ParameterizedTest
    @MethodSource("binary")
    @EnabledIfSystemProperty(named = NAMED, matches = ".+")
    void memcached_binary_answersTheSame(BinaryDialogue dialogue) throws IOException {
        emptyMemcached();

        assertThat(dialogue.converse(memcachedAddress(), WHOLE)).isEqualTo(dialogue.expected());
    }

    @Test
    void larder_settingsDumpsAndWatchers_knowOfNoToken() throws IOException {
        tellsNoToken(larderAddress());
    }

    @Test
    @EnabledIfSystemProperty(named = NAMED, matches = ".+")
    void memcached_settingsDumpsAndWatchers_knowOfNoToken() throws IOException {
        emptyMemcached();

        tellsNoToken(memcachedAddress());
    }

    /** Without tokens it goes by the second, and what is stored in the rest of it is gone as well. */
    private static void emptyMemcached() throws IOException {
        try (Peer peer = new Peer(memcachedAddress())) {
            assertThat(peer.ask("flush_all")).isEqualTo("OK");
            Await.until("the second is over", () -> keeps(peer));
            assertThat(peer.ask("delete probe")).isEqualTo("DELETED");
        }
    }

    private static boolean keeps(Peer peer) {
        try {
            assertThat(peer.ask("set probe 0 0 1\r\nx")).isEqualTo("STORED");
            return peer.ask("touch probe 0").equals("TOUCHED");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void tellsNoToken(InetSocketAddress address) throws IOException {
        try (Peer peer = new Peer(address);
                Peer watcher = new Peer(address)) {
            assertThat(watcher.ask("watch mutations")).isEqualTo("OK");
            assertThat(peer.ask("set seen 0 0 1\r\nx")).isEqualTo("STORED");
            assertThat(watcher.line()).contains("key=seen").contains("status=stored");
            assertThat(peer.ask("me seen")).contains(" cas=0 ");
            peer.send("stats settings\r\n");
            assertThat(peer.linesUntil("END")).contains("STAT cas_enabled no");
            peer.send("lru_crawler metadump all\r\n");
            assertThat(peer.linesUntil("END"))
                    .anyMatch(line -> line.startsWith("key=seen ") && line.contains(" cas=0 "));
        }
    }

    private static InetSocketAddress larderAddress() {
        return server.addresses().get(0);
    }

    private static InetSocketAddress memcachedAddress() {
        HostPort real = HostPort.parse(System.getProperty(NAMED));
        return new InetSocketAddress(real.host(), real.portOr(ServerConfig.PORT_DEFAULT));
    }

    private static List<Dialogue> textFor(String who) {
        return Dialogue.table("tokenless.dialogues").stream()
                .filter(dialogue ->
                        dialogue.onlyFor().isEmpty() || dialogue.onlyFor().equals(who))
                .toList();
    }
}
