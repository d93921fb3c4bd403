package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who loads when: two clients stand for two processes. */
@Timeout(60)
class ComputeTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final LoadPolicy POLICY = LoadPolicy.of(TTL);

    private static @Nullable CacheServer server;

    private Memcached here = Memcached.open("memcached://unused");
    private Memcached there = here;
    private final AtomicInteger loads = new AtomicInteger();

    @BeforeAll
    static void openServer() {
        server = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
    }

    @AfterAll
    static void closeServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() {
        connect("auto");
        here.admin().flushAll(Duration.ZERO);
    }

    private void connect(String protocol) {
        close();
        int port = server == null ? 0 : server.port();
        here = Memcached.open("memcached://127.0.0.1:%d?timeout=20s&connect=20s&protocol=%s".formatted(port, protocol));
        there = Memcached.open(
                "memcached://127.0.0.1:%d?timeout=20s&connect=20s&protocol=%s".formatted(port, protocol));
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta", "text"})
    void manyCallers_inTwoProcesses_loadOnce(String protocol) throws Exception {
        connect(protocol);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Caller<String>> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            View<String> view = (i % 2 == 0 ? here : there).view(Codecs.text());
            callers.add(Caller.start(() -> String.valueOf(view.compute("k", POLICY, () -> {
                started.countDown();
                awaitQuietly(release);
                return "v" + loads.incrementAndGet();
            }))));
        }

        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        release.countDown();

        for (Caller<String> caller : callers) {
            assertThat(caller.result()).isEqualTo("v1");
        }
        assertThat(loads).hasValue(1);
        assertThat(texts().get("k")).isEqualTo("v1");
    }

    @Test
    void winnerThatDies_isReplacedWhenItsLeaseIsOver() {
        Reading leasing = Reading.PLAIN.withLease(Duration.ofSeconds(1));
        assertThat(there.view(Codecs.text()).lookup("k", leasing))
                .isInstanceOfSatisfying(
                        Lookup.Absent.class,
                        absent -> assertThat(absent.lease()).isPresent()); // and never stores

        assertThat(texts().compute("k", POLICY.withLease(Duration.ofSeconds(20)), this::load))
                .isEqualTo("v1");

        assertThat(texts().get("k")).isEqualTo("v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta", "text"})
    void loaderThatThrows_isThrown_andTheNextLoadsAtOnce(String protocol) {
        connect(protocol);
        assertThatThrownBy(() -> texts().compute("k", POLICY, () -> {
                    throw new IllegalStateException("no database");
                }))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no database");

        assertThat(there.view(Codecs.text()).compute("k", POLICY, this::load)).isEqualTo("v1");
    }

    @Test
    void loaderThatReturnsNull_storesNothing_andLeavesNoLease() {
        assertThat(texts().compute("k", POLICY, () -> null)).isNull();

        assertThat(there.view(Codecs.text()).compute("k", POLICY, this::load)).isEqualTo("v1");
    }

    @Test
    void deleteWhileTheLoaderRuns_beatsIt() {
        String value = texts().compute("k", POLICY, () -> {
            there.view(Codecs.text()).delete("k");
            return "old";
        });

        assertThat(value).isEqualTo("old");
        assertThat(texts().get("k")).isNull();
    }

    @Test
    void staleValue_isServed_andRefreshedOnceInTheBackground() {
        texts().set("k", "old", TTL);
        texts().markStale("k", TTL);

        assertThat(texts().compute("k", POLICY, this::load)).isEqualTo("old");

        Await.until("the refresh is stored", () -> "v1".equals(texts().get("k")));
        assertThat(texts().compute("k", POLICY, this::load)).isEqualTo("v1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void valueAboutToExpire_isServed_andRefreshedInTheBackground() {
        texts().set("k", "old", Duration.ofSeconds(30));

        assertThat(texts().compute("k", POLICY.withRefreshBelow(Duration.ofSeconds(60)), this::load))
                .isEqualTo("old");

        Await.until("the refresh is stored", () -> "v1".equals(texts().get("k")));
    }

    @Test
    void nodeThatIsDown_costsNoAnswer() throws IOException {
        try (ScriptedServer down = ScriptedServer.start((request, peer) -> peer.hangUp());
                Memcached memcached = Memcached.open(down.url("?timeout=20s"))) {
            assertThat(memcached.view(Codecs.text()).compute("k", POLICY, this::load))
                    .isEqualTo("v1");
        }
    }

    @Test
    void unreadableValue_isReplaced() {
        texts().set("n", "many", TTL);

        assertThat(here.view(Codecs.numbers()).compute("n", POLICY, () -> 7L)).isEqualTo(7);
        assertThat(here.view(Codecs.numbers()).get("n")).isEqualTo(7);
    }

    private String load() {
        return "v" + loads.incrementAndGet();
    }

    private View<String> texts() {
        return here.view(Codecs.text());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
