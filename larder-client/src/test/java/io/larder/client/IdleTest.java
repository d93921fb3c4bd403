package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that nobody used for long is not trusted. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // by JUnit
class IdleTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofSeconds(16);

    private final FakeTicker ticker = new FakeTicker();
    private final MapScript normal = new MapScript();
    private final Set<ScriptedServer.Peer> seen = ConcurrentHashMap.newKeySet();
    private final Set<ScriptedServer.Peer> forgotten = ConcurrentHashMap.newKeySet();

    private ScriptedServer server;
    private Memcached memcached;
    private View<String> view;

    @BeforeEach
    void open() throws IOException {
        server = ScriptedServer.start((request, peer) -> {
            seen.add(peer);
            if (!forgotten.contains(peer)) {
                normal.answer(request, peer);
            }
        });
        memcached = Memcached.open(
                MemcachedConfig.parse(server.url("?timeout=10s&stall=60s")).withTicker(ticker));
        view = memcached.view(Codecs.text());
        view.set("k", "v", TTL);
    }

    @AfterEach
    void close() throws IOException {
        memcached.close();
        server.close();
    }

    /** As if something between here and the node had forgotten the connection: what is sent over it arrives nowhere. */
    private void forgetConnections() {
        forgotten.addAll(seen);
        ticker.advance(LONG);
    }

    private <T> T afterTheProbe(Callable<T> call) throws Exception {
        long probes = probes();
        Caller<T> caller = Caller.start(call);
        Await.until("it is probed", () -> probes() == probes + 1);
        ticker.advance(Duration.ofMillis(200));
        return caller.result();
    }

    private long probes() {
        return server.requests().stream().filter("version"::equals).count();
    }

    @Test
    void liveConnection_isProbedOnceInFrontOfTheNextRequest() {
        ticker.advance(LONG);

        assertThat(view.get("k")).isEqualTo("v");
        assertThat(view.get("k")).isEqualTo("v");

        assertThat(server.requests()).endsWith("version", "get k", "get k");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void connectionInUse_isNotProbed() {
        for (int i = 0; i < 10; i++) {
            ticker.advance(Duration.ofSeconds(15));
            assertThat(view.get("k")).isEqualTo("v");
        }

        assertThat(probes()).isZero();
    }

    @Test
    void idleInTheUrl_saysHowLong() {
        assertThat(MemcachedConfig.parse("memcached://h?idle=2m").timeouts().idle())
                .isEqualTo(Duration.ofMinutes(2));
        assertThat(Timeouts.DEFAULT.probe()).isEqualTo(Duration.ofMillis(125));
        assertThat(Timeouts.ofOperation(Duration.ofSeconds(9)).probe()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void deadConnection_get_isAnsweredOverAnotherWithinItsDeadline() throws Exception {
        forgetConnections();

        assertThat(afterTheProbe(() -> view.get("k"))).isEqualTo("v");
        assertThat(server.connections()).isEqualTo(2);
        assertThat(memcached.stats().values().iterator().next().timeouts()).isZero();
    }

    @Test
    void deadConnection_setAndFuturesAndManyKeys_areAnsweredOverAnother() throws Exception {
        forgetConnections();
        assertThat(afterTheProbe(() -> view.set("k2", "v2", TTL))).isEqualTo(StoreResult.STORED);
        forgetConnections();
        assertThat(afterTheProbe(() -> view.async().get("k2").get())).isEqualTo("v2");
        forgetConnections();
        assertThat(afterTheProbe(() -> view.getAll(List.of("k", "k2")))
                        .orThrow()
                        .found())
                .isEqualTo(Map.of("k", "v", "k2", "v2"));
        forgetConnections();
        assertThat(afterTheProbe(() -> view.setAll(Map.of("a", "1", "b", "2"), TTL))
                        .complete())
                .isTrue();
    }

    @Test
    void deadConnection_whatMayNotBeRepeated_failsAtOnceAndNamesIt() {
        forgetConnections();

        assertThatThrownBy(() -> afterTheProbe(() -> view.append("k", "tail")))
                .isInstanceOf(NodeUnavailableException.class)
                .hasMessageContaining(
                        "did not answer a probe within 200 ms after the connection was idle during append");
        assertThat(view.get("k")).isEqualTo("v");
    }

    @Test
    void connectionClosedByTheNodeMeanwhile_costsNobodyAFailure() {
        server.dropConnections();
        ticker.advance(LONG);

        assertThat(view.get("k")).isEqualTo("v");

        server.dropConnections();
        ticker.advance(LONG);
        assertThat(view.async().get("k").join()).isEqualTo("v");
    }

    @Test
    void client_closedWhileProbing_failsTheCall() {
        forgetConnections();
        long probes = probes();
        Caller<String> blocking = Caller.start(() -> String.valueOf(view.get("k")));
        Await.until("it is probed", () -> probes() == probes + 1);
        var future = view.async().get("k");

        memcached.close();

        assertThatThrownBy(blocking::result).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(future::join).isInstanceOf(RuntimeException.class);
    }
}
