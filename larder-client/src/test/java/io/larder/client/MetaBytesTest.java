package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each operation in meta commands: the bytes it sends, the bytes it gets, what it returns; and what is not its reply. */
class MetaBytesTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Names the call in test reports, too. */
    private record Call(String name, Function<View<String>, Object> body) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Arguments row(
            String name, Function<View<String>, Object> body, String sent, String reply, Object result) {
        return arguments(new Call(name, body), sent, reply + "\r\n", result);
    }

    static Stream<Arguments> calls() {
        Reading lease = Reading.PLAIN.withLease(Duration.ofSeconds(5)).withRefreshBelow(Duration.ofMillis(9_001));
        return Stream.of(
                row("get", v -> v.get("k"), "mg p:k v f k O1", "VA 1 f0 kp:k O1\r\nx", "x"),
                row("get empty", v -> v.get("k"), "mg p:k v f k O1", "VA 0 f0 kp:k O1\r\n", ""),
                row("lookup", v -> v.lookup("k"), "mg p:k v f k c O1", "EN kp:k O1", absent(OptionalLong.empty())),
                row(
                        "lookup",
                        v -> v.lookup("k"),
                        "mg p:k v f k c O1",
                        "VA 1 f0 kp:k c7 O1\r\nx",
                        new Lookup.Hit<>("x", 7, false)),
                row(
                        "lookup stale",
                        v -> v.lookup("k"),
                        "mg p:k v f k c O1",
                        "VA 1 f0 kp:k c7 O1 W X\r\nx",
                        new Lookup.Stale<>("x", 7, true)),
                row(
                        "lookup with lease",
                        v -> v.lookup("k", lease),
                        "mg p:k v f k c s t N5 R10 O1",
                        "VA 0 f0 kp:k c7 s0 t5 O1 W\r\n",
                        absent(OptionalLong.of(7))),
                row(
                        "lookup with lease, too late",
                        v -> v.lookup("k", lease),
                        "mg p:k v f k c s t N5 R10 O1",
                        "VA 0 f0 kp:k c7 s0 t-1 O1 Z\r\n",
                        new Lookup.Absent<>(OptionalLong.empty(), OptionalLong.of(7))),
                row("getAndTouch", v -> v.getAndTouch("k", MINUTE), "mg p:k v f k T60 O1", "VA 0 f9 kp:k O1\r\n", ""),
                row(
                        "getIfChanged",
                        v -> v.getIfChanged("k", 7),
                        "mg p:k v f k c C7 O1",
                        "HD f0 kp:k c7 O1",
                        new Fetch.NotModified<>()),
                row(
                        "getIfChanged, changed",
                        v -> v.getIfChanged("k", 7),
                        "mg p:k v f k c C7 O1",
                        "VA 1 f0 kp:k c8 O1\r\nx",
                        new Fetch.Changed<>("x", 8)),
                row(
                        "getIfChanged, condition ignored",
                        v -> v.getIfChanged("k", 7),
                        "mg p:k v f k c C7 O1",
                        "VA 1 f0 kp:k c7 O1\r\nx",
                        new Fetch.NotModified<>()),
                row(
                        "getIfChanged, stale",
                        v -> v.getIfChanged("k", -1),
                        "mg p:k v f k c C18446744073709551615 O1",
                        "HD f0 kp:k c18446744073709551615 O1 W X",
                        new Fetch.Missing<>()),
                row("set", v -> v.set("k", "xy", MINUTE), "ms p:k 2 F0 T60 O1\r\nxy", "HD O1", StoreResult.STORED),
                row(
                        "set too large",
                        v -> v.set("k", "x", MINUTE),
                        "ms p:k 1 F0 T60 O1\r\nx",
                        "SERVER_ERROR object too large for cache",
                        StoreResult.TOO_LARGE),
                row("add", v -> v.add("k", "x", MINUTE), "ms p:k 1 F0 T60 ME O1\r\nx", "NS O1", StoreResult.NOT_STORED),
                row(
                        "replace",
                        v -> v.replace("k", "x", MINUTE),
                        "ms p:k 1 F0 T60 MR O1\r\nx",
                        "HD O1",
                        StoreResult.STORED),
                row("append", v -> v.append("k", "x"), "ms p:k 1 MA O1\r\nx", "HD O1", StoreResult.STORED),
                row("prepend", v -> v.prepend("k", "x"), "ms p:k 1 MP O1\r\nx", "NS O1", StoreResult.NOT_STORED),
                row(
                        "cas",
                        v -> v.cas("k", "x", Long.MIN_VALUE, Duration.ZERO),
                        "ms p:k 1 F0 T0 C9223372036854775808 O1\r\nx",
                        "EX O1",
                        StoreResult.EXISTS),
                row(
                        "cas gone",
                        v -> v.cas("k", "x", 1, MINUTE),
                        "ms p:k 1 F0 T60 C1 O1\r\nx",
                        "NF O1",
                        StoreResult.NOT_FOUND),
                row("delete", v -> v.delete("k"), "md p:k O1", "HD O1", true),
                row("delete", v -> v.delete("k"), "md p:k O1", "NF O1", false),
                row("delete seen", v -> v.delete("k", -1), "md p:k C18446744073709551615 O1", "HD O1", true),
                row("delete seen", v -> v.delete("k", 7), "md p:k C7 O1", "EX O1", false),
                row("markStale", v -> v.markStale("k", MINUTE), "md p:k I T60 O1", "HD O1", true),
                row("touch", v -> v.touch("k", MINUTE), "mg p:k k T60 O1", "HD kp:k O1", true),
                row("touch", v -> v.touch("k", MINUTE), "mg p:k k T60 O1", "EN O1", false),
                row("incr", v -> v.incr("k", 2), "ma p:k v MI D2 O1", "VA 2 O1\r\n41", OptionalLong.of(41)),
                row("decr", v -> v.decr("k", 2), "ma p:k v MD D2 O1", "NF O1", OptionalLong.empty()),
                row(
                        "incr with initial",
                        v -> v.incr("k", 2, 10, MINUTE),
                        "ma p:k v MI D2 N60 J10 O1",
                        "VA 2 O1\r\n10",
                        10L),
                row(
                        "getAllAndTouch",
                        v -> v.getAllAndTouch(List.of("b"), MINUTE),
                        "mg p:b v f k T60 O1",
                        "VA 1 f0 kp:b O1\r\ny",
                        new BulkRead<>(Map.of("b", "y"), Set.of(), Map.of())),
                row(
                        "getAll",
                        v -> v.getAll(List.of("b")),
                        "mg p:b v f k O1",
                        "VA 1 f0 kp:b O1\r\nx",
                        new BulkRead<>(Map.of("b", "x"), Set.of(), Map.of())),
                row(
                        "deleteAll",
                        v -> v.deleteAll(List.of("k")),
                        "md p:k O1",
                        "NF O1",
                        new BulkDelete(Set.of(), Set.of("k"), Map.of())));
    }

    private static Lookup<String> absent(OptionalLong lease) {
        return new Lookup.Absent<>(lease, OptionalLong.empty());
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("calls")
    void operation_sendsTheseBytes_andReadsThoseAsThis(Call call, String sent, String reply, Object result)
            throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.meta(ScriptedServer.always(reply)));
                Memcached memcached = open(server)) {
            Object answer = call.body().apply(memcached.view(Codecs.text()));

            assertThat(answer).isEqualTo(result);
            assertThat(server.requests()).containsExactly("version", "mg " + Handshake.PROBE_KEY + " k O1", "mn", sent);
        }
    }

    @Test
    void getAll_manyKeys_areQuietButTheLast() throws IOException {
        ScriptedServer.Script twoOfThree = (request, peer) -> {
            if (request.startsWith("mg p:b ")) {
                peer.send("VA 1 f0 kp:b O1\r\nx\r\n");
            } else if (request.startsWith("mg p:c ")) {
                peer.send("EN kp:c O1\r\n");
            }
        };
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.meta(twoOfThree));
                Memcached memcached = open(server)) {
            BulkRead<String> read = memcached.view(Codecs.text()).getAll(List.of("a", "b", "c"));

            assertThat(read).isEqualTo(new BulkRead<>(Map.of("b", "x"), Set.of("a", "c"), Map.of()));
            assertThat(server.requests()).endsWith("mg p:a v f k q O1", "mg p:b v f k q O1", "mg p:c v f k O1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VA 1 f0 kp:k O2\r\nx", // of another request
                "VA 1 f0 kp:k\r\nx",
                "VA 1 f0 kp:l O1\r\nx", // of another key
                "VA 1 f0 O1\r\nx",
                "HD O1",
                "EN O2",
                "EN",
                "NF O1",
                "END",
                "MN",
                "VA 1 f0 kp:k O18446744073709551616\r\nx",
                "VA 2 f0 kp:k O1\r\nx",
                "CLIENT_ERROR bad",
            })
    void reply_thatIsNotOurs_closesTheConnection(String reply) throws IOException {
        try (ScriptedServer server =
                        ScriptedServer.start(ScriptedServer.meta(ScriptedServer.always(reply + "\r\n..\r\n")));
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text());

            assertThatThrownBy(() -> view.get("k")).isInstanceOf(NodeUnavailableException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VERSION 1.6.6", // says OK where later ones say HD
                "VERSION 1.4.39",
                "VERSION mcrouter 37.0.0",
                "ERROR",
            })
    void node_withAnOlderVersion_isSpokenToInTheClassicWords(String version) throws IOException {
        ScriptedServer.Script script = ScriptedServer.meta(new MapScript());
        ScriptedServer.Script older = (request, peer) -> {
            if (request.equals("version")) {
                peer.send(version + "\r\n");
            } else {
                script.answer(request, peer);
            }
        };
        try (ScriptedServer server = ScriptedServer.start(older);
                Memcached memcached =
                        Memcached.open("memcached://%s?timeout=20s&connect=20s".formatted(server.name()))) {
            assertThat(memcached.view(Codecs.text()).get("k")).isNull();
            assertThat(server.requests()).endsWith("get k");
        }
    }

    @Test
    void node_thatHangsUpOnTheQuestion_isAskedNoMore() throws IOException {
        ScriptedServer.Script map = new MapScript();
        ScriptedServer.Script proxy = (request, peer) -> {
            if (request.startsWith("mg")) {
                peer.hangUp();
            } else if (request.equals("version")) {
                peer.send("VERSION 1.6.18\r\n");
            } else {
                map.answer(request, peer);
            }
        };
        try (ScriptedServer server = ScriptedServer.start(proxy);
                Memcached memcached =
                        Memcached.open("memcached://%s?timeout=20s&connect=20s".formatted(server.name()))) {
            assertThat(memcached.view(Codecs.text()).get("k")).isNull();
            assertThat(memcached.stats().get(server.name())).isNotNull().matches(stats -> !stats.meta());
        }
    }

    @Test
    void protocolMeta_nodeWithoutIt_isUnavailable() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(
                        "memcached://%s?timeout=20s&connect=20s&protocol=meta".formatted(server.name()))) {
            View<String> view = memcached.view(Codecs.text());

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("has no meta commands");
        }
    }

    @Test
    void getIfChanged_nodeThatIgnoresTheCondition_isAskedForTheTokenFirstFromThenOn() throws IOException {
        List<String> replies = new CopyOnWriteArrayList<>(List.of(
                "VA 1 f0 kp:k c7 O1\r\nx\r\n", // not looked at
                "HD kp:k c7 O2\r\n",
                "HD kp:k c8 O3\r\n",
                "VA 1 f0 kp:k c8 O4\r\ny\r\n",
                "EN kp:k O5\r\n"));
        try (ScriptedServer server =
                        ScriptedServer.start(ScriptedServer.meta((request, peer) -> peer.send(replies.remove(0))));
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text());

            for (Fetch<String> expected : List.of(
                    new Fetch.NotModified<String>(),
                    new Fetch.NotModified<String>(),
                    new Fetch.Changed<>("y", 8),
                    new Fetch.Missing<String>())) {
                assertThat(view.getIfChanged("k", 7)).isEqualTo(expected);
            }

            assertThat(server.requests().stream().filter(request -> request.startsWith("mg p:k")))
                    .containsExactly(
                            "mg p:k v f k c C7 O1",
                            "mg p:k k c O2",
                            "mg p:k k c O3",
                            "mg p:k v f k c C7 O4",
                            "mg p:k k c O5");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HD f0 kp:k c8 O1", "HD f0 kp:l c7 O1", "HD f0 c7 O1"})
    void getIfChanged_notModifiedOfAnother_closesTheConnection(String reply) throws IOException {
        try (ScriptedServer server =
                        ScriptedServer.start(ScriptedServer.meta((request, peer) -> peer.send(reply + "\r\n")));
                Memcached memcached = open(server)) {
            assertThatThrownBy(() -> memcached.view(Codecs.text()).getIfChanged("k", 7))
                    .isInstanceOf(NodeUnavailableException.class);
        }
    }

    private static Memcached open(ScriptedServer server) {
        return Memcached.open("memcached://%s/p:?timeout=20s&connect=20s".formatted(server.name()));
    }
}
