package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that come and go while the client runs. */
@Timeout(60)
class ReplaceNodesTest {
    private static final Duration TTL = Duration.ofMinutes(1);

    @Test
    void nodeAdded_takesItsShareOfTheKeys_andTheOthersKeepTheirConnection() throws IOException {
        try (ScriptedServer first = ScriptedServer.start(new MapScript());
                ScriptedServer second = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(first.url("?timeout=20s"))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("before", "v", TTL);

            memcached.replaceNodes(List.of(first.node(), second.node()));

            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < 200; i++) {
                values.put("key-" + i, "value-" + i);
            }
            assertThat(view.setAll(values, TTL).complete()).isTrue();
            assertThat(view.getAll(values.keySet()).orThrow().found()).isEqualTo(values);
            assertThat(memcached.nodes()).containsExactly(first.node(), second.node());
            assertThat(memcached.stats()).containsOnlyKeys(first.name(), second.name());
            assertThat(second.requests()).hasSizeGreaterThan(40);
            assertThat(first.connections()).isEqualTo(1);
        }
    }

    @Test
    void nodeRemoved_isAskedNoMore_andDisconnectedLater() throws Exception {
        try (ScriptedServer first = ScriptedServer.start(new MapScript());
                ScriptedServer second = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(MemcachedConfig.of(first.node(), second.node())
                        .withProtocol(Protocol.TEXT)
                        .withTimeouts(
                                Timeouts.ofOperation(Duration.ofMillis(200)).withStall(Duration.ofMinutes(1))))) {
            View<String> view = memcached.view(Codecs.text()).within(Duration.ofSeconds(20));
            for (int i = 0; i < 50; i++) {
                view.get("key-" + i);
            }
            assertThat(second.openConnections()).isEqualTo(1);

            memcached.replaceNodes(List.of(first.node()));

            int asked = second.requests().size();
            for (int i = 0; i < 50; i++) {
                view.get("key-" + i);
            }
            assertThat(second.requests()).hasSize(asked);
            Await.until("the connection is closed", () -> second.openConnections() == 0);
            assertThat(first.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void listsThatAreNone_areRefused_andNothingChanges() {
        try (Memcached memcached = Memcached.open("memcached://a,b")) {
            assertThatThrownBy(() -> memcached.replaceNodes(List.of())).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> memcached.replaceNodes(List.of(Node.parse("a"), Node.parse("a"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("listed twice");

            assertThat(memcached.nodes()).hasSize(2);
        }
    }

    @Test
    void source_isFollowedUntilTheClientCloses() {
        List<Consumer<List<Node>>> sinks = new ArrayList<>();
        AtomicBoolean stopped = new AtomicBoolean();
        Memcached memcached = Memcached.open("memcached://a");
        memcached.follow(new NodeSource() {
            @Override
            public void start(Consumer<List<Node>> to) {
                sinks.add(to);
            }

            @Override
            public void stop() {
                stopped.set(true);
            }
        });

        sinks.get(0).accept(List.of(Node.parse("b*2"), Node.parse("c")));

        assertThat(memcached.nodes()).containsExactly(Node.parse("b*2"), Node.parse("c"));
        memcached.close();
        assertThat(stopped).isTrue();
        assertThatThrownBy(() -> sinks.get(0).accept(List.of(Node.parse("d"))))
                .isInstanceOf(IllegalStateException.class);
    }
}
