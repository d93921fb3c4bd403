package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.base.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of binary frames, against Larder always and against real memcacheds where they are named. */
class BinaryDialogueTest {
    private static final int WHOLE = Integer.MAX_VALUE / 2;
    private static final int SMALL_CHARS = 2_000;
    private static CacheServer open;
    private static CacheServer guarded;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        Path users = Files.writeString(folder.resolve("users"), "other:word\nme:secret\n");
        ServerConfig config = ServerConfig.DEFAULT.withPort(0).withThreads(2);
        open = withStandingClock(config);
        guarded = withStandingClock(config.withSaslFile(users));
    }

    private static CacheServer withStandingClock(ServerConfig config) {
        InstantSource noon = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
        return CacheServer.open(config, new FakeTicker(), noon, System.err);
    }

    @AfterAll
    static void close() {
        open.close();
        guarded.close();
    }

    static List<BinaryDialogue> larder() {
        return table("binary.dialogues", "larder");
    }

    static List<BinaryDialogue> memcached() {
        return table("binary.dialogues", "memcached");
    }

    static List<BinaryDialogue> small() {
        return larder().stream()
                .filter(dialogue -> !dialogue.sent().matches(".*\\*\\d{5,}}.*"))
                .toList();
    }

    static List<BinaryDialogue> guardedLarder() {
        return table("sasl.dialogues", "larder");
    }

    static List<BinaryDialogue> guardedMemcached() {
        return table("sasl.dialogues", "memcached");
    }

    @ParameterizedTest
    @MethodSource("larder")
    void larder_inOnePiece_answersTheSame(BinaryDialogue dialogue) throws IOException {
        check(dialogue, open.addresses().get(0), WHOLE);
    }

    @ParameterizedTest
    @MethodSource("small")
    void larder_byteByByte_answersTheSame(BinaryDialogue dialogue) throws IOException {
        check(dialogue, open.addresses().get(0), 1);
    }

    @ParameterizedTest
    @MethodSource("memcached")
    @EnabledIfSystemProperty(named = "larder.memcached", matches = ".+")
    void memcached_inOnePiece_answersTheSame(BinaryDialogue dialogue) throws IOException {
        check(dialogue, named("larder.memcached"), WHOLE);
    }

    @ParameterizedTest
    @MethodSource("guardedLarder")
    void larderWithUsers_inOnePiece_answersTheSame(BinaryDialogue dialogue) throws IOException {
        check(dialogue, guarded.addresses().get(0), WHOLE);
    }

    @ParameterizedTest
    @MethodSource("guardedLarder")
    void larderWithUsers_byteByByte_answersTheSame(BinaryDialogue dialogue) throws IOException {
        check(dialogue, guarded.addresses().get(0), 1);
    }

    @ParameterizedTest
    @MethodSource("guardedMemcached")
    @EnabledIfSystemProperty(named = "larder.memcached.sasl", matches = ".+")
    void memcachedWithUsers_inOnePiece_answersTheSame(BinaryDialogue dialogue) throws IOException {
        check(dialogue, named("larder.memcached.sasl"), WHOLE);
    }

    private static InetSocketAddress named(String property) {
        HostPort real = HostPort.parse(System.getProperty(property));
        return new InetSocketAddress(real.host(), real.portOr(ServerConfig.PORT_DEFAULT));
    }

    private static void check(BinaryDialogue dialogue, InetSocketAddress address, int chunk) throws IOException {
        String received = dialogue.with(address, chunk);

        assertThat(received.substring(0, Math.min(SMALL_CHARS, received.length())))
                .isEqualTo(dialogue.expected());
    }

    private static List<BinaryDialogue> table(String resource, String who) {
        return BinaryDialogue.table(resource).stream()
                .filter(dialogue ->
                        dialogue.onlyFor().isEmpty() || dialogue.onlyFor().equals(who))
                .toList();
    }
}
