package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.HostPort;
import io.larder.storage.StorageConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server of small items ({@code -I 4k}) by tables of bytes, against Larder always and against a real memcached where one is named. */
class SmallItemsTest {
    private static final int WHOLE = Integer.MAX_VALUE / 2;
    private static final int PIECE = 997; // ends in headers, keys and values
    private static final String NAMED = "larder.memcached.small";

    private static CacheServer server;

    @BeforeAll
    static void open() {
        StorageConfig storage = StorageConfig.DEFAULT.withValueBytesMax(4096);
        server =
                CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1).withStorage(storage));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    static List<Dialogue> text() {
        return Dialogue.table("small-items.dialogues");
    }

    static List<BinaryDialogue> binary() {
        return BinaryDialogue.table("small-items-binary.dialogues");
    }

    @ParameterizedTest
    @MethodSource("text")
    void larder_text_answersTheSame(Dialogue dialogue) throws IOException {
        for (int chunk : new int[] {PIECE, WHOLE}) {
            assertThat(dialogue.with(larderAddress(), chunk)).isEqualTo(dialogue.expected());
        }
    }

    @ParameterizedTest
    @MethodSource("text")
    @EnabledIfSystemProperty(named = NAMED, matches = ".+")
    void memcached_text_answersTheSame(Dialogue dialogue) throws IOException {
        assertThat(dialogue.with(memcachedAddress(), WHOLE)).isEqualTo(dialogue.expected());
    }

    @ParameterizedTest
    @MethodSource("binary")
    void larder_binary_answersTheSame(BinaryDialogue dialogue) throws IOException {
        for (int chunk : new int[] {PIECE, WHOLE}) {
            assertThat(dialogue.with(larderAddress(), chunk)).isEqualTo(dialogue.expected());
        }
    }

    @ParameterizedTest
    @MethodSource("binary")
    @EnabledIfSystemProperty(named = NAMED, matches = ".+")
    void memcached_binary_answersTheSame(BinaryDialogue dialogue) throws IOException {
        assertThat(dialogue.with(memcachedAddress(), WHOLE)).isEqualTo(dialogue.expected());
    }

    private static InetSocketAddress larderAddress() {
        return server.addresses().get(0);
    }

    private static InetSocketAddress memcachedAddress() {
        HostPort real = HostPort.parse(System.getProperty(NAMED));
        return new InetSocketAddress(real.host(), real.portOr(ServerConfig.PORT_DEFAULT));
    }
}
