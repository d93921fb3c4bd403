package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation: the bytes it sends, the bytes it gets, what it returns. */
class RequestBytesTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
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
        return arguments(new Call(name, body), sent, reply, result);
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                row("get", v -> v.get("k"), "get p:k", "VALUE p:k 0 1\r\nx\r\nEND\r\n", "x"),
                row(
                        "lookup",
                        v -> v.lookup("k"),
                        "gets p:k",
                        "VALUE p:k 0 1 7\r\nx\r\nEND\r\n",
                        new Lookup.Hit<>("x", 7, false)),
                row("lookup", v -> v.lookup("k"), "gets p:k", "END\r\n", new Lookup.Absent<>()),
                row("getAndTouch", v -> v.getAndTouch("k", MINUTE), "gat 60 p:k", "VALUE p:k 9 0\r\n\r\nEND\r\n", ""),
                row("set", v -> v.set("k", "xy", MINUTE), "set p:k 0 60 2\r\nxy", "STORED\r\n", StoreResult.STORED),
                row(
                        "set for 31 days",
                        v -> v.set("k", "x", Duration.ofDays(31)),
                        "set p:k 0 1702678400 1\r\nx",
                        "STORED\r\n",
                        StoreResult.STORED),
                row(
                        "set too large",
                        v -> v.set("k", "x", MINUTE),
                        "set p:k 0 60 1\r\nx",
                        "SERVER_ERROR object too large for cache\r\n",
                        StoreResult.TOO_LARGE),
                row(
                        "set without memory",
                        v -> v.set("k", "x", MINUTE),
                        "set p:k 0 60 1\r\nx",
                        "SERVER_ERROR out of memory storing object\r\n",
                        StoreResult.OUT_OF_MEMORY),
                row(
                        "add",
                        v -> v.add("k", "x", MINUTE),
                        "add p:k 0 60 1\r\nx",
                        "NOT_STORED\r\n",
                        StoreResult.NOT_STORED),
                row(
                        "replace",
                        v -> v.replace("k", "x", Duration.ofMillis(1)),
                        "replace p:k 0 1 1\r\nx",
                        "STORED\r\n",
                        StoreResult.STORED),
                row("append", v -> v.append("k", "x"), "append p:k 0 0 1\r\nx", "STORED\r\n", StoreResult.STORED),
                row("prepend", v -> v.prepend("k", "x"), "prepend p:k 0 0 1\r\nx", "STORED\r\n", StoreResult.STORED),
                row(
                        "cas",
                        v -> v.cas("k", "x", -1, Duration.ZERO),
                        "cas p:k 0 0 1 18446744073709551615\r\nx",
                        "EXISTS\r\n",
                        StoreResult.EXISTS),
                row("delete", v -> v.delete("k"), "delete p:k", "DELETED\r\n", true),
                row("delete", v -> v.delete("k"), "delete p:k", "NOT_FOUND\r\n", false),
                row(
                        "delete seen",
                        v -> v.delete("k", -1),
                        "cas p:k 0 2592001 0 18446744073709551615\r\n",
                        "STORED\r\n",
                        true),
                row("delete seen", v -> v.delete("k", 7), "cas p:k 0 2592001 0 7\r\n", "EXISTS\r\n", false),
                row("touch", v -> v.touch("k", Duration.ofDays(30)), "touch p:k 2592000", "TOUCHED\r\n", true),
                row("incr", v -> v.incr("k", 2), "incr p:k 2", "41\r\n", OptionalLong.of(41)),
                row("decr", v -> v.decr("k", 2), "decr p:k 2", "NOT_FOUND\r\n", OptionalLong.empty()),
                row(
                        "getAllAndTouch",
                        v -> v.getAllAndTouch(List.of("a", "b"), MINUTE),
                        "gat 60 p:a p:b",
                        "VALUE p:b 0 1\r\ny\r\nEND\r\n",
                        new BulkRead<>(Map.of("b", "y"), Set.of("a"), Map.of())),
                row(
                        "getAll",
                        v -> v.getAll(List.of("a", "b", "a")),
                        "get p:a p:b",
                        "VALUE p:b 0 1\r\nx\r\nEND\r\n",
                        new BulkRead<>(Map.of("b", "x"), Set.of("a"), Map.of())),
                row(
                        "setAll",
                        v -> v.setAll(Map.of("k", "x"), MINUTE),
                        "set p:k 0 60 1\r\nx",
                        "STORED\r\n",
                        new BulkWrite(Map.of("k", StoreResult.STORED), Map.of())),
                row(
                        "deleteAll",
                        v -> v.deleteAll(List.of("k")),
                        "delete p:k",
                        "NOT_FOUND\r\n",
                        new BulkDelete(Set.of(), Set.of("k"), Map.of())));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("calls")
    void operation_sendsTheseBytes_andReadsThoseAsThis(Call call, String sent, String reply, Object result)
            throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.always(reply));
                Memcached memcached = open(server)) {
            Object answer = call.body().apply(memcached.view(Codecs.text()));

            assertThat(answer).isEqualTo(result);
            assertThat(server.requests()).containsExactly(sent);
        }
    }

    @Test
    void admin_sendsTheseBytes() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.always("VERSION 1.2\r\n"));
                Memcached memcached = open(server)) {
            assertThat(memcached.admin().versions().orThrow()).containsExactly(Map.entry(server.name(), "1.2"));
            server.behave(ScriptedServer.always("STAT a 1\r\nSTAT b x y\r\nEND\r\n"));
            assertThat(memcached.admin().stats("items").orThrow())
                    .containsExactly(Map.entry(server.name(), Map.of("a", "1", "b", "x y")));
            server.behave(ScriptedServer.always("OK\r\n"));
            memcached.admin().flushAll(Duration.ofMillis(1500));
            memcached.admin().flushAll(Duration.ZERO);

            assertThat(server.requests()).containsExactly("version", "stats items", "flush_all 2", "flush_all");
        }
    }

    @Test
    void counter_withInitial_goesRoundAtMostThreeTimes() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(
                        (request, peer) -> peer.send(request.startsWith("add") ? "NOT_STORED\r\n" : "NOT_FOUND\r\n"));
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text());

            assertThatThrownBy(() -> view.incr("k", 1, 10, MINUTE))
                    .isExactlyInstanceOf(MemcachedException.class)
                    .hasMessageContaining(
                            "incr of \"k\" on node 127.0.0.1:%d lost the race 3 times".formatted(server.port()));
            assertThat(server.requests()).hasSize(6).startsWith("incr p:k 1", "add p:k 0 60 2\r\n10");
        }
    }

    @Test
    void update_alwaysTooLate_givesUpAfterABoundedNumberOfAttempts() throws IOException {
        try (ScriptedServer server = ScriptedServer.start((request, peer) ->
                        peer.send(request.startsWith("cas") ? "EXISTS\r\n" : "VALUE p:k 0 1 1\r\nx\r\nEND\r\n"));
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text()).within(Duration.ofSeconds(20));

            assertThatThrownBy(() -> view.update("k", MINUTE, old -> old + "y"))
                    .isExactlyInstanceOf(MemcachedException.class)
                    .hasMessageContaining("lost the race 64 times");
            assertThat(server.requests()).hasSize(128);
        }
    }

    @Test
    void update_resultTooLarge_throwsInsteadOfLookingStored() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.always("END\r\n"));
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text());

            assertThatThrownBy(() -> view.update("k", MINUTE, old -> "x".repeat(2 << 20)))
                    .hasMessageContaining("did not store what update made of \"k\": TOO_LARGE");
        }
    }

    @Test
    void wrongArguments_areRefusedBeforeAnythingIsSent() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.silent());
                Memcached memcached = open(server)) {
            View<String> view = memcached.view(Codecs.text());

            assertThat(view.set("k", "x".repeat((1 << 20) + 1), MINUTE)).isEqualTo(StoreResult.TOO_LARGE);
            assertThat(view.setAll(Map.of("k", "x".repeat(2 << 20)), MINUTE).results())
                    .containsExactly(Map.entry("k", StoreResult.TOO_LARGE));
            assertThatThrownBy(() -> view.get("a b")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> view.lookup("")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> view.getAll(List.of("fine", "a\r\nb")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> view.set("k", "v", Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("TTL must be zero (never expires) or more");
            assertThatThrownBy(() -> view.incr("k", -1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> memcached.admin().stats("a b")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> view.within(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);

            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void unreadableValue_isItsOwnFailureAndNoMiss() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.always("VALUE p:k 16 3\r\nabc\r\nEND\r\n"));
                Memcached memcached = open(server)) {
            View<Long> view = memcached.view(Codecs.numbers());

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(UnreadableValueException.class)
                    .hasMessageContaining("value of \"k\" on node " + server.name() + " (flags 16, 3 bytes)");
            assertThatThrownBy(() -> view.lookup("k")).isInstanceOf(UnreadableValueException.class);
            assertThat(view.getAll(List.of("k")).failed().get("k")).isInstanceOf(UnreadableValueException.class);
        }
    }

    private static Memcached open(ScriptedServer server) {
        return Memcached.open(
                MemcachedConfig.parse(server.url("/p:?timeout=20s")).withClock(InstantSource.fixed(NOW)));
    }
}
