package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Namespaces by generation: what they cost, what becomes of them when nodes fail, and while one moves to another cluster. */
@Timeout(60)
class NamespaceTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String GENERATION_KEY = "users:larder-generation";
    private static CacheServer server;

    @BeforeAll
    static void openServer() {
        server = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Test
    void call_inANamespace_costsOneReadOfTheGenerationMore_andRememberingSavesItForReads() throws IOException {
        FakeTicker ticker = new FakeTicker();
        String generation = Generation.text(42);
        MapScript values = new MapScript();
        try (ScriptedServer node = ScriptedServer.start(values);
                Memcached memcached = Memcached.open(
                        MemcachedConfig.parse(node.url("?timeout=20s")).withTicker(ticker))) {
            memcached.view(Codecs.text()).set(GENERATION_KEY, generation, TTL);
            NamespaceView<String> users = memcached.view(Codecs.text()).namespace("users");
            String askGeneration = "gets " + GENERATION_KEY;
            String entry = "users:" + generation + ":";

            users.set("7", "Ada", TTL);
            users.getAll(List.of("7", "8"));

            assertThat(last(4, node))
                    .containsExactly(
                            askGeneration,
                            "set " + entry + "7 0 300 3\r\nAda",
                            askGeneration,
                            "get " + entry + "7 " + entry + "8");

            NamespaceView<String> remembering = users.remembering(Duration.ofSeconds(1));
            remembering.get("7");
            assertThat(last(1, node)).containsExactly("get " + entry + "7"); // the same view asked a moment ago
            remembering.delete("7");
            assertThat(last(2, node)).containsExactly(askGeneration, "delete " + entry + "7");
            ticker.advance(Duration.ofSeconds(1));
            remembering.get("7");
            assertThat(last(2, node)).containsExactly(askGeneration, "get " + entry + "7");
            remembering.prefixed("a:").lookup("7");
            assertThat(last(1, node)).containsExactly("gets " + entry + "a:7");
        }
    }

    private static List<String> last(int count, ScriptedServer node) {
        List<String> all = node.requests();
        return all.subList(all.size() - count, all.size());
    }

    @Test
    void remembering_invalidatedByAnother_isSeenWhenItsAgeIsOver_byItselfAtOnce() {
        FakeTicker ticker = new FakeTicker();
        MemcachedConfig config = MemcachedConfig.parse(url(""));
        try (Memcached mine = Memcached.open(config.withTicker(ticker));
                Memcached other = Memcached.open(config)) {
            NamespaceView<String> users =
                    mine.view(Codecs.text()).namespace("users").remembering(Duration.ofSeconds(1));
            users.set("7", "Ada", TTL);
            assertThat(users.get("7")).isEqualTo("Ada");

            other.view(Codecs.text()).namespace("users").invalidate();

            assertThat(users.get("7")).as("known a moment ago").isEqualTo("Ada");
            ticker.advance(Duration.ofSeconds(1));
            assertThat(users.get("7")).isNull();
            users.set("7", "Bob", TTL);
            users.invalidate();
            assertThat(users.get("7")).isNull();
        }
    }

    @Test
    void invalidation_whileAReadIsUnderWay_isNotForgottenOver() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        try (Memcached memcached = Memcached.open(url(""))) {
            Generation generation = new Generation("users", () -> 0);
            View<Long> items = memcached.view(new Codec<Long>() {
                @Override
                public Encoded encode(Long number) {
                    return Generation.CODEC.encode(number);
                }

                @Override
                public Long decode(int flags, byte[] data) {
                    meanwhile.getAndSet(() -> {}).run();
                    return Generation.CODEC.decode(flags, data);
                }
            });
            long first = generation.read(items);
            meanwhile.set(() -> generation.invalidate(memcached.view(Generation.CODEC)));

            assertThat(generation.read(items)).as("it was read before").isEqualTo(first);

            assertThat(generation.atMost(Duration.ofMinutes(1), items)).isNotEqualTo(first);
        }
    }

    @Test
    void nodeOfTheGenerationDown_failsLikeTheNodeOfTheKey() throws Exception {
        try (Memcached memcached = Memcached.open(
                "memcached://127.0.0.1:%d?timeout=20s&connect=20s".formatted(MisbehavingNodeTest.unusedPort()))) {
            NamespaceView<String> users = memcached.view(Codecs.text()).namespace("users");
            AtomicInteger loads = new AtomicInteger();

            assertThatThrownBy(() -> users.get("7")).isInstanceOf(NodeUnavailableException.class);
            assertThatThrownBy(() -> users.set("7", "v", TTL)).isInstanceOf(NodeUnavailableException.class);
            assertThat(users.lookup("7")).isInstanceOf(Lookup.Unavailable.class);
            assertThat(users.getAll(List.of("7", "8")).failed()).containsOnlyKeys("7", "8");
            assertThat(users.setAll(Map.of("7", "v"), TTL).failed()).containsOnlyKeys("7");
            assertThat(users.deleteAll(List.of("7")).failed()).containsOnlyKeys("7");
            assertThat(users.compute("7", LoadPolicy.of(TTL), () -> "loaded " + loads.incrementAndGet()))
                    .isEqualTo("loaded 1");
            assertThat(users.lenient().get("7")).isNull();
            assertThat(users.lenient().set("7", "v", TTL)).isEqualTo(StoreResult.UNAVAILABLE);
            assertThat(users.lenient().cas("7", "v", 1, TTL)).isEqualTo(StoreResult.UNAVAILABLE);
            assertThat(users.async().lookup("7").get()).isInstanceOf(Lookup.Unavailable.class);
            assertThatThrownBy(() -> users.lenient().delete("7")).isInstanceOf(NodeUnavailableException.class);
            assertThatThrownBy(() -> users.lenient().invalidate()).isInstanceOf(NodeUnavailableException.class);
            assertThat(memcached.stats().values().iterator().next().deletesWaiting())
                    .as("the generation goes when the node returns")
                    .isEqualTo(1);
        }
    }

    @Test
    void rehash_generation_hasNoStandIn() throws IOException {
        try (ScriptedServer first = ScriptedServer.start(new MapScript());
                ScriptedServer second = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(MemcachedConfig.of(first.node(), second.node())
                        .withProtocol(Protocol.TEXT)
                        .withTimeouts(Timeouts.ofOperation(Duration.ofSeconds(20)))
                        .withFailure(FailurePolicy.REHASH))) {
            boolean onFirst = memcached.nodeOf(GENERATION_KEY).equals(first.node());
            (onFirst ? first : second).stop();
            NamespaceView<String> users = memcached.view(Codecs.text()).namespace("users");

            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> users.get("7")).isInstanceOf(NodeUnavailableException.class);
            }

            assertThat((onFirst ? second : first).requests()).isEmpty();
        }
    }

    @Test
    void generation_thatIsNone_failsUntilInvalidated() {
        try (Memcached memcached = Memcached.open(url(""))) {
            View<String> texts = memcached.view(Codecs.text());
            NamespaceView<String> users = texts.namespace("users");
            texts.set(GENERATION_KEY, "something", TTL);

            assertThatThrownBy(() -> users.get("7"))
                    .isInstanceOf(UnreadableValueException.class)
                    .hasMessageContaining(GENERATION_KEY)
                    .hasMessageContaining("invalidate the namespace");
            users.invalidate();
            assertThat(users.set("7", "v", TTL)).isEqualTo(StoreResult.STORED);
        }
    }

    @Test
    void names_thatCannotBe_areRefused() {
        try (Memcached memcached = Memcached.open(url(""))) {
            View<String> texts = memcached.view(Codecs.text());
            NamespaceView<String> users = texts.namespace("users");

            assertThatThrownBy(() -> texts.namespace("")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> texts.namespace("a b")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> texts.namespace("n".repeat(250))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> users.namespace("inner")).hasMessageContaining("do not nest; use prefixed");
            assertThatThrownBy(() -> users.prefixed("")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> users.remembering(Duration.ofSeconds(61)))
                    .hasMessageContaining("from zero (not at all) to 1 minute, was PT1M1S");
        }
    }

    @ParameterizedTest
    @EnumSource(MigrationStage.class)
    void migration_allStages_entriesAreSharedWithTheNextStage_andInvalidatedInBoth(MigrationStage stage) {
        String oldUrl = url("");
        String newUrl = url("");
        List<MigrationStage> stages = List.of(MigrationStage.values());
        int place = stages.indexOf(stage);
        MigrationStage next = stages.get(stage == MigrationStage.NEW ? place - 1 : place + 1);
        try (Migration mine = at(stage, oldUrl, newUrl);
                Migration other = at(next, oldUrl, newUrl)) {
            NamespaceView<String> users = mine.view(Codecs.text()).namespace("users");
            NamespaceView<String> same = other.view(Codecs.text()).namespace("users");
            assertThat(users.set("7", "Ada", TTL)).isEqualTo(StoreResult.STORED);
            assertThat(users.get("7")).isEqualTo("Ada");

            same.invalidate();

            assertThat(same.get("7")).isNull();
            assertThat(users.get("7")).isNull();
            users.set("8", "Bob", TTL);
            users.invalidate();
            assertThat(users.get("8")).isNull();
            assertThat(same.get("8")).isNull();
            assertThat(users.incr("n", 1, 5, TTL)).isEqualTo(5);
            assertThat(users.update("u", TTL, value -> value + "!")).isEqualTo("null!");
            assertThat(mine.progress().oldFailed()).isZero();
        }
    }

    private static Migration at(MigrationStage stage, String oldUrl, String newUrl) {
        Migration both = Memcached.migrate(Memcached.open(oldUrl), Memcached.open(newUrl));
        for (MigrationStage next : MigrationStage.values()) {
            if (next != MigrationStage.OLD && both.stage() != stage) {
                both.moveTo(next);
            }
        }
        return both;
    }

    private static String url(String options) {
        return "memcached://127.0.0.1:%d/%s:?timeout=20s&connect=20s%s"
                .formatted(server.port(), UUID.randomUUID(), options);
    }
}
