package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the log of the wire shows, and what it hides. */
class WireLogTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Logger LOG =
            Logger.getLogger("io.larder.client.wire"); // held, or its handlers would be forgotten

    private static List<String> lines(String bytes, int pieces) {
        List<String> lines = new ArrayList<>();
        WireLines wire = new WireLines(lines::add);
        byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < all.length; at += pieces) {
            wire.add(all, at, Math.min(pieces, all.length - at));
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 4096})
    void lines_howeverTheyAreCut_areTheSameAndWithoutValues(int pieces) {
        assertThat(lines("set k 1 60 12\r\nsec\r\nret set\r\nget k\r\nms k 3 T0\r\nabc\r\nmn\r\n", pieces))
                .containsExactly(
                        "set k 1 60 12 (a value of 12 bytes)", "get k", "ms k 3 T0 (a value of 3 bytes)", "mn");
        assertThat(lines("VALUE k 0 2 9\r\n\r\n\r\nEND\r\nVA 2 f0\r\nxy\r\nHD\r\n", pieces))
                .containsExactly("VALUE k 0 2 9 (a value of 2 bytes)", "END", "VA 2 f0 (a value of 2 bytes)", "HD");
    }

    @Test
    void line_withControlCharacters_isEscaped() {
        assertThat(lines("get \u001b[31mred\r\n", 100)).first().asString().doesNotContain("\u001b");
    }

    @Test
    void line_thatIsLong_isCutAndCounted() {
        String line = lines("get " + "k ".repeat(5000) + "\r\n", 1000).get(0);

        assertThat(line).hasSizeLessThan(250).endsWith("... (10005 bytes)");
    }

    @Test
    void line_whoseLengthIsNoNumber_hidesNothingThatFollows() {
        assertThat(lines("set k 0 0 x\r\nget k\r\n", 100)).containsExactly("set k 0 0 x", "get k");
    }

    @Test
    void calls_ofAClient_areTold() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(MemcachedConfig.of(server.node())
                        .withProtocol(Protocol.TEXT)
                        .withWireLog(told::add))) {
            memcached.view(Codecs.text()).set("k", "secret", MINUTE);

            String node = server.node().toString();
            Await.until("the line", () -> told.contains(node + " > STORED"));
            assertThat(told).contains(node + " < set k 0 60 6 (a value of 6 bytes)");
            assertThat(String.join("\n", told)).doesNotContain("secret");
        }
    }

    @Test
    void log_thatThrows_disturbsNoCall() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(MemcachedConfig.of(server.node())
                        .withProtocol(Protocol.TEXT)
                        .withWireLog(line -> {
                            throw new IllegalStateException("full");
                        }))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", MINUTE);

            assertThat(view.get("k")).isEqualTo("v");
        }
    }

    @Test
    void debug_ofAUrl_writesToTheLoggerOfTheWire() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                told.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Level before = LOG.getLevel();
        LOG.setLevel(Level.ALL);
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached =
                        Memcached.open("memcached://%s?protocol=text&debug=true".formatted(server.node()))) {
            memcached.view(Codecs.text()).get("{0}");

            Await.until("the line", () -> told.contains(server.node() + " < get {0}"));
        } finally {
            LOG.removeHandler(handler);
            LOG.setUseParentHandlers(true);
            LOG.setLevel(before);
        }
    }

    @Test
    void debug_neitherTrueNorFalse_isRefused() {
        assertThatThrownBy(() -> MemcachedConfig.parse("memcached://a?debug=yes"))
                .hasMessage("debug must be true or false, was \"yes\"");
    }
}
