package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two clusters that look like one: two prefixes on one server. */
@Timeout(60)
class MigrationTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static CacheServer server;

    private Memcached old;
    private Memcached now;
    private View<String> inOld;
    private View<String> inNew;

    @BeforeAll
    static void openServer() {
        server = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        old = Memcached.open(
                "memcached://127.0.0.1:%d/%s:?timeout=20s&connect=20s".formatted(server.port(), UUID.randomUUID()));
        now = Memcached.open(
                "memcached://127.0.0.1:%d/%s:?timeout=20s&connect=20s".formatted(server.port(), UUID.randomUUID()));
        inOld = old.view(Codecs.text());
        inNew = now.view(Codecs.text());
    }

    @AfterEach
    void close() {
        old.close();
        now.close();
    }

    @Test
    void fallback_missInTheNew_isReadFromTheOldAndCopiedWithFlagsAndTtl() {
        Migration both = Memcached.fallback(now, old);
        View<String> view = both.view(Codecs.text());
        inOld.set("k", "v", TTL);

        assertThat(view.get("k")).isEqualTo("v");

        Await.until("it is copied", () -> both.progress().copied() == 1);
        assertThat(inNew.get("k")).isEqualTo("v");
        assertThat(view.get("k")).isEqualTo("v");
        assertThat(view.get("absent")).isNull();
        MigrationStats progress = both.progress();
        assertThat(List.of(progress.reads(), progress.foundNew(), progress.foundOld(), progress.missed()))
                .containsExactly(3L, 1L, 1L, 1L);
    }

    @Test
    void fallback_bulkRead_mergesBothClusters() {
        Migration both = Memcached.fallback(now, old);
        inOld.set("a", "1", TTL);
        inNew.set("b", "2", TTL);

        BulkRead<String> read = both.view(Codecs.text()).getAll(List.of("a", "c", "b"));

        assertThat(read.found()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
        assertThat(read.missed()).containsExactly("c");
        Await.until("it is copied", () -> inNew.get("a") != null);
    }

    @Test
    void fallback_bulkReadWithANewTtl_copiesWhatOnlyTheOldHas() {
        Migration both = Memcached.fallback(now, old);
        inOld.setAll(Map.of("a", "1", "c", "3"), TTL);
        inNew.set("b", "2", TTL);

        BulkRead<String> read = both.view(Codecs.text()).getAllAndTouch(List.of("a", "d", "b", "c"), TTL);

        assertThat(read.found()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"), Map.entry("c", "3"));
        assertThat(read.missed()).containsExactly("d");
        assertThat(inNew.getAll(List.of("a", "b", "c")).missed()).isEmpty();
        assertThat(both.progress().copied()).isEqualTo(2);
        both.view(Codecs.text()).getAllAndTouch(List.of("a"), Duration.ofSeconds(1));
        Await.until("it expires", () -> inNew.get("a") == null);
    }

    @Test
    void fallback_casAndUpdateAndCounters_goOnFromWhatTheOldHas() {
        Migration both = Memcached.fallback(now, old);
        View<String> view = both.view(Codecs.text());
        for (String key : List.of("cas", "update", "append", "incr", "incr-initial", "touch", "add")) {
            inOld.set(key, "7", TTL);
        }

        assertThat(view.lookup("cas"))
                .isInstanceOfSatisfying(
                        Lookup.Hit.class,
                        hit -> assertThat(view.cas("cas", "8", hit.cas(), TTL)).isEqualTo(StoreResult.STORED));
        assertThat(view.update("update", TTL, value -> value + "!")).isEqualTo("7!");
        assertThat(view.append("append", "!")).isEqualTo(StoreResult.STORED);
        assertThat(view.incr("incr", 1)).isEqualTo(OptionalLong.of(8));
        assertThat(view.incr("incr-initial", 1, 100, TTL)).isEqualTo(8);
        assertThat(view.touch("touch", TTL)).isTrue();
        assertThat(view.add("add", "9", TTL)).isEqualTo(StoreResult.NOT_STORED);

        assertThat(inNew.getAll(List.of("cas", "update", "append", "incr", "incr-initial", "touch", "add"))
                        .found()
                        .values())
                .containsExactly("8", "7!", "7!", "8", "8", "7", "7");
        assertThat(inOld.getAll(List.of("cas", "update", "append", "incr", "incr-initial"))
                        .found())
                .isEmpty();
    }

    @Test
    void fallback_getIfChanged_missInTheNew_isCopiedFromTheOld() throws IOException {
        View<String> view = Memcached.fallback(now, old).view(Codecs.text());
        inOld.set("k", "v", TTL);

        Fetch<String> first = view.getIfChanged("k", -1);

        assertThat(inNew.get("k")).isEqualTo("v");
        assertThat(first)
                .isInstanceOfSatisfying(
                        Fetch.Changed.class,
                        changed -> assertThat(view.getIfChanged("k", changed.cas()))
                                .isEqualTo(new Fetch.NotModified<>()));
        assertThat(view.getIfChanged("absent", 1)).isEqualTo(new Fetch.Missing<>());
        try (Memcached dead = Memcached.open(
                "memcached://127.0.0.1:%d?timeout=20s&connect=20s".formatted(MisbehavingNodeTest.unusedPort()))) {
            View<String> failing = Memcached.fallback(dead, old).view(Codecs.text());
            assertThatThrownBy(() -> failing.getIfChanged("k", 1)).isInstanceOf(NodeUnavailableException.class);
            assertThat(failing.lenient().getIfChanged("k", 1)).isEqualTo(new Fetch.Missing<>());
        }
    }

    @Test
    void fallback_compute_loadsOnlyWhatNeitherHas() {
        Migration both = Memcached.fallback(now, old);
        View<String> view = both.view(Codecs.text());
        inOld.set("old", "v", TTL);
        AtomicInteger loads = new AtomicInteger();

        for (int i = 0; i < 3; i++) {
            assertThat(view.compute("old", LoadPolicy.of(TTL), () -> "loaded " + loads.incrementAndGet()))
                    .isEqualTo("v");
            assertThat(view.compute("none", LoadPolicy.of(TTL), () -> "loaded " + loads.incrementAndGet()))
                    .isEqualTo("loaded 1");
        }
    }

    @ParameterizedTest
    @EnumSource(MigrationStage.class)
    void allStages_whatIsDeletedOrWritten_isNeverSeenAsItWas(MigrationStage stage) throws Exception {
        Migration both = at(stage);
        View<String> view = both.view(Codecs.text());
        boolean touchesBoth = stage != MigrationStage.OLD && stage != MigrationStage.NEW;
        for (String key : List.of("deleted", "stale", "bulk", "async", "set", "set-bulk", "appended")) {
            inOld.set(key, "old", TTL);
            inNew.set(key, "old", TTL);
        }

        view.delete("deleted");
        view.markStale("stale", TTL);
        view.deleteAll(List.of("bulk"));
        view.async().delete("async").get();
        view.set("set", "new", TTL);
        view.setAll(Map.of("set-bulk", "new"), TTL);
        view.append("appended", "+");

        for (String key : List.of("deleted", "stale", "bulk", "async")) {
            assertThat(view.get(key)).isNull();
            assertThat(inOld.get(key)).isEqualTo(touchesBoth || stage == MigrationStage.OLD ? null : "old");
            assertThat(inNew.get(key)).isEqualTo(touchesBoth || stage == MigrationStage.NEW ? null : "old");
        }
        for (String key : List.of("set", "set-bulk")) {
            assertThat(view.get(key)).isEqualTo("new");
            if (touchesBoth) {
                assertThat(inOld.get(key)).isIn(null, "new");
                assertThat(inNew.get(key)).isIn(null, "new");
            }
        }
        assertThat(view.get("appended")).isEqualTo("old+");
        if (touchesBoth) {
            assertThat(inOld.get("appended")).isIn(null, "old+");
            assertThat(inNew.get("appended")).isIn(null, "old+");
        }
        assertThat(view.prefixed("n:").lenient().within(TTL).get("k")).isNull();
    }

    @Test
    void mirror_writesGoToBoth_andAShareOfWhatIsReadIsCopied() {
        Migration both = at(MigrationStage.MIRROR);
        both.copyShare(30);
        View<String> view = both.view(Codecs.text());
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "key-" + i).toList();
        inOld.setAll(keys.stream().collect(Collectors.toMap(key -> key, key -> "v")), TTL);
        view.set("written", "v", TTL);

        for (String key : keys) {
            assertThat(view.get(key)).isEqualTo("v");
        }

        assertThat(inNew.get("written")).isEqualTo("v");
        Await.until("the copies come to an end", () -> both.progress().copied() > 30);
        assertThat(inNew.getAll(keys).found().size()).isBetween(31, 90);
    }

    @Test
    void oldClusterDown_isAMissAndCounted() throws IOException {
        try (Memcached dead = Memcached.open(
                "memcached://127.0.0.1:%d?timeout=20s&connect=20s".formatted(MisbehavingNodeTest.unusedPort()))) {
            Migration both = Memcached.fallback(now, dead);
            View<String> view = both.view(Codecs.text());

            assertThat(view.get("k")).isNull();
            assertThat(view.set("k", "v", TTL)).isEqualTo(StoreResult.STORED);
            assertThat(view.get("k")).isEqualTo("v");
            assertThat(both.progress().oldFailed()).isEqualTo(1);
            assertThat(both.progress().mirrorsFailed()).isEqualTo(1);
            assertThatThrownBy(() -> view.delete("k")).isInstanceOf(NodeUnavailableException.class);
            assertThat(dead.stats().values().iterator().next().deletesWaiting()).isEqualTo(1);
        }
    }

    @Test
    void newClusterDown_theOldAnswers() throws IOException {
        try (Memcached dead = Memcached.open(
                "memcached://127.0.0.1:%d?timeout=20s&connect=20s".formatted(MisbehavingNodeTest.unusedPort()))) {
            Migration both = Memcached.fallback(dead, old);
            inOld.set("k", "v", TTL);

            assertThat(both.view(Codecs.text()).get("k")).isEqualTo("v");
            assertThatThrownBy(() -> both.view(Codecs.text()).get("absent"))
                    .isInstanceOf(NodeUnavailableException.class);
            assertThat(both.view(Codecs.text()).lenient().get("absent")).isNull();
            assertThat(both.view(Codecs.text()).getAll(List.of("k")).found()).containsEntry("k", "v");
            CountDownLatch copies = new CountDownLatch(1);
            assertThat(((MigratingClient) both).copySoon(copies::countDown)).isTrue();
            Await.until("copies before it are tried", () -> copies.getCount() == 0);
            assertThat(dead.stats().values().iterator().next().deletesWaiting())
                    .as("nothing was copied to it")
                    .isZero();
            assertThat(both.view(Codecs.text()).compute("absent", LoadPolicy.of(TTL), () -> "loaded"))
                    .isEqualTo("loaded");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta", "text"})
    void copy_outdatedMeanwhile_isTakenBack_butNotWhatWasWrittenOverIt(String protocol) throws IOException {
        String url = "memcached://127.0.0.1:%d/%s:?timeout=20s&connect=20s&protocol=%s";
        AtomicInteger looks = new AtomicInteger();
        try (Memcached target = Memcached.open(url.formatted(server.port(), UUID.randomUUID(), protocol));
                ScriptedServer source = ScriptedServer.start((request, peer) -> {
                    boolean first = looks.getAndIncrement() % 2 == 0;
                    if (request.equals("gets written") && !first) {
                        target.view(Codecs.text()).set("written", "newer", TTL);
                    }
                    peer.send(first ? "VALUE %s 0 3 7\r\nold\r\nEND\r\n".formatted(request.substring(5)) : "END\r\n");
                });
                Memcached from = Memcached.open(source.url("?timeout=20s&connect=20s"))) {
            View<String> view = Memcached.fallback(target, from).view(Codecs.text());
            View<String> inTarget = target.view(Codecs.text());

            assertThat(view.touch("deleted", TTL)).isFalse();
            assertThat(view.touch("written", TTL)).isFalse();

            assertThat(source.requests())
                    .containsExactly("gets deleted", "gets deleted", "gets written", "gets written");
            assertThat(inTarget.get("deleted")).isNull();
            assertThat(inTarget.get("written")).isEqualTo("newer");
        }
    }

    @Test
    void copy_ofWhatIsThereAlready_isDoneAndNotCounted() {
        MigratingClient both = (MigratingClient) at(MigrationStage.MIRROR);
        Copying<String> copying = new Copying<>(
                both,
                both.newCluster().calls(Codecs.text()),
                both.oldCluster().calls(Codecs.text()),
                new ViewSettings(Duration.ofSeconds(10), Duration.ofSeconds(10), false));
        inOld.set("k", "v", TTL);
        inNew.set("k", "there", TTL);

        assertThat(copying.copy("k", both.newCluster().deadline(Duration.ofSeconds(10))))
                .isTrue();
        assertThat(inNew.get("k")).isEqualTo("there");
        assertThat(both.progress().copied()).isZero();
    }

    @Test
    void copyThatFindsNoRoom_isMadeAtTheNextRead() {
        MigratingClient both = (MigratingClient) at(MigrationStage.MIRROR);
        View<String> view = both.view(Codecs.text());
        inOld.setAll(Map.of("k", "v", "bulk", "v"), TTL);
        CountDownLatch goesOn = new CountDownLatch(1);
        while (both.copySoon(() -> awaitUninterruptibly(goesOn))) {
            // until no more fit
        }

        assertThat(view.get("k")).isEqualTo("v");
        assertThat(view.getAll(List.of("bulk")).found()).hasSize(1);
        goesOn.countDown();

        Await.until("they are copied", () -> {
            view.get("k");
            view.getAll(List.of("bulk"));
            return inNew.getAll(List.of("k", "bulk")).found().size() == 2;
        });
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void progress_saysWhenTheOldClusterMayGo() {
        now.close();
        MemcachedConfig config = MemcachedConfig.parse(
                "memcached://127.0.0.1:%d/%s:?connect=20s".formatted(server.port(), UUID.randomUUID()));
        now = Memcached.open(config.withTicker(new FakeTicker())); // or how long the reads take would matter
        inNew = now.view(Codecs.text());
        Migration both = Memcached.fallback(now, old);
        View<String> view = both.view(Codecs.text());
        inOld.set("old", "v", TTL);
        inNew.set("k", "v", TTL);
        view.get("old");
        for (int i = 0; i < 998; i++) {
            view.get("k");
        }
        assertThat(both.progress().mayEnd()).as("too few reads").isFalse();

        view.get("k");

        assertThat(both.progress().recentReads()).isEqualTo(1000);
        assertThat(both.progress().oldShare()).isEqualTo(0.001);
        assertThat(both.progress().mayEnd()).isTrue();
    }

    @Test
    void moveTo_aStageThatIsNoNeighbour_isRefused() {
        Migration both = Memcached.migrate(old, now);

        assertThatThrownBy(() -> both.moveTo(MigrationStage.SWITCH)).hasMessageContaining("from OLD one goes to");
        assertThat(both.stage()).isEqualTo(MigrationStage.OLD);
        assertThatThrownBy(() -> Memcached.migrate(old, old)).isInstanceOf(IllegalArgumentException.class);
    }

    private Migration at(MigrationStage stage) {
        Migration both = Memcached.migrate(old, now);
        for (MigrationStage next : MigrationStage.values()) {
            if (next != MigrationStage.OLD && both.stage() != stage) {
                both.moveTo(next);
            }
        }
        return both;
    }
}
