package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of {@code stats} against the list of memcached's, and the list against a real memcached where one is named. */
class StatsKeysTest {
    /** Later than 1.6.18. */
    private static final Set<String> NEWER = Set.of("client_flags_size");

    private static final String OWN = "larder_";
    private static final String DECISION = "../docs/decisions/0003-where-the-server-differs.md";

    private record Row(String group, String key, String reason) {
        boolean isLeftOut() {
            return !reason.isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"general", "settings", "items", "slabs", "conns", "sizes"})
    void larder_tellsOfAllThatMemcachedDoes_exceptForWhatIsListed(String group) throws IOException {
        try (CacheServer server =
                CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1))) {
            Set<String> keys = keys(group, server.addresses().get(0)).stream()
                    .filter(key -> !key.startsWith(OWN) && !NEWER.contains(key))
                    .collect(Collectors.toCollection(TreeSet::new));

            assertThat(keys)
                    .as("keys of stats; stats.keys and decision 3 say what is left out")
                    .isEqualTo(expected(group, false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"general", "settings", "items", "slabs", "conns", "sizes"})
    @EnabledIfSystemProperty(named = "larder.memcached", matches = ".+")
    void memcached_tellsOfWhatIsListed(String group) throws IOException {
        HostPort real = HostPort.parse(System.getProperty("larder.memcached"));

        assertThat(keys(group, new InetSocketAddress(real.host(), real.portOr(ServerConfig.PORT_DEFAULT))))
                .isEqualTo(expected(group, true));
    }

    @Test
    void keyLeftOut_isNamedInTheDecision() throws IOException {
        String decision = Files.readString(Path.of(DECISION));

        assertThat(decision)
                .contains(rows().stream()
                        .filter(Row::isLeftOut)
                        .map(row -> "`" + row.key() + "`")
                        .toList());
    }

    private static Set<String> expected(String group, boolean withLeftOut) {
        return rows().stream()
                .filter(row -> row.group().equals(group) && (withLeftOut || !row.isLeftOut()))
                .map(Row::key)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> keys(String group, InetSocketAddress server) throws IOException {
        Set<String> keys = new TreeSet<>();
        try (Peer peer = new Peer(server)) {
            peer.ask("set stats_keys_test 0 0 1\r\nx");
            peer.send("stats " + (group.equals("general") ? "" : group) + "\r\n");
            for (String line = peer.line(); !line.equals("END"); line = peer.line()) {
                keys.add(line.split(" ", 3)[1].replaceFirst("^(items:)?\\d+:", ""));
            }
            peer.ask("delete stats_keys_test");
        }
        return keys;
    }

    private static Set<Row> rows() {
        try (InputStream in = Objects.requireNonNull(StatsKeysTest.class.getResourceAsStream("stats.keys"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(StatsKeysTest::row)
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] parts = line.split(" - ", 2);
        String[] words = parts[0].split(" ", 2);
        return new Row(words[0], words[1], parts.length > 1 ? parts[1] : "");
    }
}
