package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client promises of every operation, against a live server. Keys of a test are its own. */
abstract class MemcachedContract {
    private static final Duration TTL = Duration.ofMinutes(5);

    /** {@link Node#name()} of a server that takes values of 1 MB. */
    protected abstract String address();

    /** The URL of a client whose keys are its own. */
    private String url(String options) {
        return address().startsWith("unix:")
                ? "memcached:///%s:?unix=%s&%s"
                        .formatted(UUID.randomUUID(), address().substring(5), options)
                : "memcached://%s/%s:?%s".formatted(address(), UUID.randomUUID(), options);
    }

    private Memcached memcached = Memcached.open("memcached://unused");
    private View<String> texts = memcached.view(Codecs.text());
    private View<Long> numbers = memcached.view(Codecs.numbers());

    @BeforeEach
    void open() {
        memcached = Memcached.open(url("timeout=20s&connect=20s"));
        texts = memcached.view(Codecs.text());
        numbers = memcached.view(Codecs.numbers());
    }

    @AfterEach
    void close() {
        memcached.close();
    }

    @Test
    void get_stored_returnsTheValue() {
        assertThat(texts.set("k", "v", TTL)).isEqualTo(StoreResult.STORED);

        assertThat(texts.get("k")).isEqualTo("v");
    }

    @Test
    void get_notStored_returnsNull() {
        assertThat(texts.get("k")).isNull();
    }

    @Test
    void get_emptyValueAndProtocolLikeBytes_comeBackAsTheyWere() {
        for (String value : List.of("", "\r\n", "END\r\n", "VALUE x 0 1\r\ny\r\nEND\r\n", "键")) {
            texts.set("k", value, TTL);

            assertThat(texts.get("k")).isEqualTo(value);
        }
    }

    @Test
    void get_keysAtTheLimits_areKept() {
        String longest = "k".repeat(250 - 37);
        texts.set(longest, "long", TTL);
        texts.set("键:用户", "unicode", TTL);

        assertThat(texts.get(longest)).isEqualTo("long");
        assertThat(texts.get("键:用户")).isEqualTo("unicode");
    }

    @Test
    void flags_allBits_comeBackAsTheyWere() {
        View<Integer> flags = memcached.view(new Codec<Integer>() {
            @Override
            public Encoded encode(Integer value) {
                return new Encoded(value, new byte[] {1});
            }

            @Override
            public Integer decode(int bits, byte[] data) {
                return bits;
            }
        });

        for (int bits : new int[] {0, 1, Integer.MAX_VALUE, -1}) {
            flags.set("k", bits, TTL);

            assertThat(flags.get("k")).isEqualTo(bits);
        }
    }

    @Test
    void set_largeValue_comesBack() {
        View<byte[]> bytes = memcached.view(Codecs.bytes());
        byte[] value = new byte[1_000_000];
        Arrays.fill(value, (byte) '\n');

        assertThat(bytes.set("k", value, TTL)).isEqualTo(StoreResult.STORED);
        assertThat(bytes.get("k")).isEqualTo(value);
    }

    @Test
    void set_aboveTheLimitOfTheServer_isTooLargeAndTheConnectionGoesOn() {
        try (Memcached unlimited = Memcached.open(url("timeout=20s&connect=20s&value-max=8m"))) {
            View<byte[]> bytes = unlimited.view(Codecs.bytes());

            assertThat(bytes.set("k", new byte[3 << 20], TTL)).isEqualTo(StoreResult.TOO_LARGE);
            assertThat(bytes.set("k", new byte[3], TTL)).isEqualTo(StoreResult.STORED);
            assertThat(unlimited.stats().get(address()))
                    .isNotNull()
                    .extracting(NodeStats::connectionsLost)
                    .isEqualTo(0L);
        }
    }

    @Test
    void addAndReplace_conditionNotMet_storeNothing() {
        assertThat(texts.replace("k", "0", TTL)).isEqualTo(StoreResult.NOT_STORED);
        assertThat(texts.add("k", "1", TTL)).isEqualTo(StoreResult.STORED);
        assertThat(texts.add("k", "2", TTL)).isEqualTo(StoreResult.NOT_STORED);
        assertThat(texts.get("k")).isEqualTo("1");
        assertThat(texts.replace("k", "3", TTL)).isEqualTo(StoreResult.STORED);
        assertThat(texts.get("k")).isEqualTo("3");
    }

    @Test
    void appendAndPrepend_onlyWhereSomethingIs() {
        assertThat(texts.append("k", "c")).isEqualTo(StoreResult.NOT_STORED);
        assertThat(texts.prepend("k", "a")).isEqualTo(StoreResult.NOT_STORED);
        texts.set("k", "b", TTL);

        assertThat(texts.append("k", "c")).isEqualTo(StoreResult.STORED);
        assertThat(texts.prepend("k", "a")).isEqualTo(StoreResult.STORED);

        assertThat(texts.get("k")).isEqualTo("abc");
    }

    @Test
    void cas_unchanged_storesOnce() {
        texts.set("k", "1", TTL);
        long token = token("k");

        assertThat(texts.cas("k", "2", token, TTL)).isEqualTo(StoreResult.STORED);
        assertThat(texts.cas("k", "3", token, TTL)).isEqualTo(StoreResult.EXISTS);
        texts.delete("k");
        assertThat(texts.cas("k", "4", token, TTL)).isEqualTo(StoreResult.NOT_FOUND);
    }

    @Test
    void lookup_tellsHitFromAbsence() {
        texts.set("k", "v", TTL);

        assertThat(texts.lookup("k"))
                .isInstanceOfSatisfying(
                        Lookup.Hit.class, hit -> assertThat(hit.value()).isEqualTo("v"));
        assertThat(texts.lookup("other")).isEqualTo(new Lookup.Absent<>());
    }

    @Test
    void getIfChanged_tellsChangedFromNotModifiedFromMissing() throws Exception {
        assertThat(texts.getIfChanged("k", 1)).isEqualTo(new Fetch.Missing<>());
        texts.set("k", "1", TTL);
        long first = token("k");
        for (int i = 0; i < 3; i++) { // the way it is asked may change
            assertThat(texts.getIfChanged("k", first)).isEqualTo(new Fetch.NotModified<>());
        }
        texts.touch("k", TTL);
        assertThat(texts.async().getIfChanged("k", first).get()).isEqualTo(new Fetch.NotModified<>());

        texts.set("k", "2", TTL);

        assertThat(texts.getIfChanged("k", first)).isEqualTo(new Fetch.Changed<>("2", token("k")));
        assertThat(texts.async().getIfChanged("k", first).get()).isEqualTo(new Fetch.Changed<>("2", token("k")));
        assertThat(texts.getIfChanged("k", token("k"))).isEqualTo(new Fetch.NotModified<>());
        long second = token("k");
        texts.markStale("k", TTL);
        assertThat(texts.getIfChanged("k", second)).isEqualTo(new Fetch.Missing<>());
        texts.delete("k");
        assertThat(texts.getIfChanged("k", second)).isEqualTo(new Fetch.Missing<>());
    }

    @Test
    void delete_tellsWhetherThereWasSomething() {
        texts.set("k", "v", TTL);

        assertThat(texts.delete("k")).isTrue();
        assertThat(texts.delete("k")).isFalse();
        assertThat(texts.get("k")).isNull();
    }

    @Test
    void ttl_belowASecond_expiresAndIsNotForEver() {
        texts.set("k", "v", Duration.ofMillis(1));

        Await.until("the item expires", () -> texts.get("k") == null);
    }

    @Test
    void ttl_aboveThirtyDays_doesNotExpireAtOnce() {
        texts.set("a", "v", Duration.ofDays(31));
        texts.set("b", "v", Duration.ofDays(100_000));
        texts.set("c", "v", Duration.ZERO);

        assertThat(texts.getAll(List.of("a", "b", "c")).missed()).isEmpty();
    }

    @Test
    void touch_givesANewTtl() {
        assertThat(texts.touch("k", TTL)).isFalse();
        assertThat(texts.getAndTouch("k", TTL)).isNull();
        texts.set("k", "v", TTL);
        texts.set("l", "v", TTL);

        assertThat(texts.getAndTouch("k", Duration.ofSeconds(1))).isEqualTo("v");
        assertThat(texts.touch("l", Duration.ofSeconds(1))).isTrue();

        Await.until("both expire", () -> texts.get("k") == null && texts.get("l") == null);
    }

    @Test
    void counters_countUpAndDownAndStopAtZero() {
        assertThat(numbers.incr("n", 1)).isEmpty();
        numbers.set("n", 10L, TTL);

        assertThat(numbers.incr("n", 5)).hasValue(15);
        assertThat(numbers.decr("n", 6)).hasValue(9);
        assertThat(numbers.get("n")).isEqualTo(9); // stored as "9 "
        assertThat(numbers.decr("n", 100)).hasValue(0);
    }

    @Test
    void counters_wrapAroundAsUnsigned() {
        numbers.set("n", Long.MAX_VALUE, TTL);

        assertThat(numbers.incr("n", 1)).hasValue(Long.MIN_VALUE);
        assertThat(numbers.get("n")).isEqualTo(Long.MIN_VALUE);
        assertThat(numbers.incr("n", Long.MAX_VALUE)).hasValue(-1);
        assertThat(numbers.incr("n", 1)).hasValue(0);
    }

    @Test
    void counters_withInitial_startThere() {
        assertThat(numbers.incr("n", 5, 10, TTL)).isEqualTo(10);
        assertThat(numbers.incr("n", 5, 10, TTL)).isEqualTo(15);
        assertThat(numbers.decr("m", 5, 10, TTL)).isEqualTo(10);
        assertThat(numbers.decr("m", 5, 10, TTL)).isEqualTo(5);
    }

    @Test
    void counters_onText_areRefusedAndTheConnectionGoesOn() {
        texts.set("k", "many", TTL);

        assertThatThrownBy(() -> texts.incr("k", 1))
                .isExactlyInstanceOf(MemcachedException.class)
                .hasMessageContaining("refused incr of \"k\"")
                .hasMessageContaining(address());
        assertThat(texts.get("k")).isEqualTo("many");
        assertThat(memcached.stats().get(address()))
                .isNotNull()
                .extracting(NodeStats::dials)
                .isEqualTo(1L);
    }

    @Test
    void getAll_manyKeys_findsThoseThatAreThere() {
        Map<String, String> values = new LinkedHashMap<>();
        IntStream.range(0, 1000).forEach(i -> values.put("key-" + i, "value-" + i));
        List<String> asked = new ArrayList<>(values.keySet());
        asked.addAll(3, List.of("absent-1", "key-0", "absent-2"));

        BulkWrite written = texts.setAll(values, TTL);
        BulkRead<String> read = texts.getAll(asked).orThrow();

        assertThat(written.complete()).isTrue();
        assertThat(written.results()).hasSize(1000);
        assertThat(read.found()).isEqualTo(values);
        assertThat(read.missed()).containsExactly("absent-1", "absent-2");
    }

    @Test
    void getAll_keysAskedForTwice_areToldOnceInTheOrderAsked() {
        texts.set("a", "1", TTL);
        texts.set("b", "2", TTL);

        BulkRead<String> read = texts.getAll(List.of("b", "x", "a", "b", "w", "x"));

        assertThat(read.found()).containsExactly(Map.entry("b", "2"), Map.entry("a", "1"));
        assertThat(read.missed()).containsExactly("x", "w");
        assertThatThrownBy(() -> read.found().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void getAll_nothing_isEmpty() {
        assertThat(texts.getAll(List.of()).found()).isEmpty();
        assertThat(texts.setAll(Map.of(), TTL).complete()).isTrue();
        assertThat(texts.deleteAll(List.of()).complete()).isTrue();
    }

    @Test
    void getAll_valuesBeyondTheSocketBuffers_comeBack() {
        View<byte[]> bytes = memcached.view(Codecs.bytes()).within(Duration.ofSeconds(30));
        Map<String, byte[]> values = new LinkedHashMap<>();
        IntStream.range(0, 60).forEach(i -> values.put("key-" + i, new byte[200_000]));

        assertThat(bytes.setAll(values, TTL).complete()).isTrue();
        assertThat(bytes.getAll(values.keySet()).orThrow().found())
                .hasSize(60)
                .allSatisfy((key, value) -> assertThat(value).hasSize(200_000));
    }

    @Test
    void getAllAndTouch_givesANewTtlToThoseThatAreThere() throws Exception {
        Map<String, String> values = new LinkedHashMap<>();
        IntStream.range(0, 300).forEach(i -> values.put("key-" + i, "value-" + i));
        texts.setAll(values, TTL);
        List<String> asked = new ArrayList<>(values.keySet());
        asked.addAll(3, List.of("absent-1", "key-0", "absent-2"));

        BulkRead<String> read =
                texts.getAllAndTouch(asked, Duration.ofSeconds(1)).orThrow();

        assertThat(read.found()).isEqualTo(values);
        assertThat(read.missed()).containsExactly("absent-1", "absent-2");
        assertThat(texts.getAllAndTouch(List.of(), TTL).found()).isEmpty();
        assertThatThrownBy(() -> texts.getAllAndTouch(asked, Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        Await.until("they expire", () -> texts.getAll(asked).found().isEmpty());
        texts.set("k", "v", Duration.ofSeconds(1));
        assertThat(texts.async()
                                .getAllAndTouch(List.of("k"), TTL)
                                .get()
                                .missed()
                                .size()
                        + texts.getAll(List.of("k")).found().size())
                .as("expired before, or not any more")
                .isEqualTo(1);
        NamespaceView<String> users = texts.namespace("users");
        users.set("7", "Ada", TTL);
        assertThat(users.getAllAndTouch(List.of("7", "8"), TTL).found()).containsExactly(Map.entry("7", "Ada"));
    }

    @Test
    void deleteAll_tellsEachKey() {
        texts.setAll(Map.of("a", "1", "b", "2"), TTL);

        BulkDelete deleted = texts.deleteAll(List.of("a", "x", "b"));

        assertThat(deleted.deleted()).containsExactly("a", "b");
        assertThat(deleted.missed()).containsExactly("x");
        assertThat(deleted.failed()).isEmpty();
    }

    @Test
    void update_coldKey_addsAndThenChanges() {
        assertThat(numbers.update("n", TTL, MemcachedContract::plusOne)).isEqualTo(1);
        assertThat(numbers.update("n", TTL, MemcachedContract::plusOne)).isEqualTo(2);
        assertThat(numbers.update("n", TTL, old -> null)).isNull();
        assertThat(numbers.get("n")).isEqualTo(2);
    }

    @Test
    void update_manyThreads_loseNothing() throws InterruptedException {
        View<Long> patient = numbers.within(Duration.ofSeconds(20));
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 100; n++) {
                        addOne(patient);
                        done.incrementAndGet();
                    }
                }))
                .toList();

        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(done).hasValue(800);
        assertThat(numbers.get("n")).isEqualTo(800);
    }

    @Test
    void admin_answersPerNode() {
        Admin admin = memcached.admin();

        assertThat(admin.versions().orThrow()).containsOnlyKeys(address());
        assertThat(admin.stats().orThrow().get(address())).containsKeys("pid", "curr_items", "cmd_get");
    }

    @Test
    void flushAll_farAhead_forgetsNothingNow() {
        texts.set("k", "v", TTL);

        memcached.admin().flushAll(Duration.ofDays(20));

        assertThat(texts.get("k")).isEqualTo("v");
    }

    @Test
    void markStale_isAMissToGet_andOneCallerIsToldToRefresh() {
        assertThat(texts.markStale("k", TTL)).isFalse();
        texts.set("k", "old", TTL);

        assertThat(texts.markStale("k", TTL)).isTrue();

        if (!speaksMeta()) {
            assertThat(texts.lookup("k")).isInstanceOf(Lookup.Absent.class);
            return;
        }
        Lookup<String> first = texts.lookup("k");
        assertThat(first).isInstanceOfSatisfying(Lookup.Stale.class, stale -> {
            assertThat(stale.value()).isEqualTo("old");
            assertThat(stale.refresh()).isTrue();
        });
        assertThat(texts.lookup("k"))
                .isInstanceOfSatisfying(
                        Lookup.Stale.class, stale -> assertThat(stale.refresh()).isFalse());
        assertThat(texts.get("k")).isNull();
        assertThat(texts.getAll(List.of("k")).missed()).containsExactly("k");
        assertThat(texts.set("k", "new", TTL)).isEqualTo(StoreResult.STORED);
        assertThat(texts.get("k")).isEqualTo("new");
    }

    @Test
    void lease_oneCallerGetsIt_theOthersMiss_andAnInvalidationBeatsTheLoad() {
        Assumptions.assumeTrue(speaksMeta(), "leases need meta commands");
        Reading leasing = Reading.PLAIN.withLease(Duration.ofSeconds(30));

        Lookup<String> first = texts.lookup("k", leasing);
        Lookup<String> second = texts.lookup("k", leasing);

        OptionalLong lease = first instanceof Lookup.Absent<String> absent ? absent.lease() : OptionalLong.empty();
        assertThat(lease).isPresent();
        assertThat(second).isEqualTo(new Lookup.Absent<>(OptionalLong.empty(), lease));
        assertThat(texts.get("k")).isNull();
        assertThat(texts.getAll(List.of("k", "l")).missed()).containsExactly("k", "l");
        texts.delete("k");
        assertThat(texts.cas("k", "late", lease.getAsLong(), TTL)).isEqualTo(StoreResult.NOT_FOUND);
        assertThat(texts.lookup("k", leasing))
                .isInstanceOfSatisfying(
                        Lookup.Absent.class,
                        absent -> assertThat(absent.lease()).isPresent());
    }

    @Test
    void lease_givenBack_isTheNextCallers_andOnlyByItsToken() {
        Assumptions.assumeTrue(speaksMeta(), "leases need meta commands");
        Reading leasing = Reading.PLAIN.withLease(Duration.ofSeconds(30));
        long lease =
                ((Lookup.Absent<String>) texts.lookup("k", leasing)).lease().orElseThrow();

        assertThat(texts.delete("k", lease + 1)).isFalse();
        assertThat(texts.delete("k", lease)).isTrue();
        assertThat(texts.delete("k", lease)).isFalse();

        assertThat(((Lookup.Absent<String>) texts.lookup("k", leasing)).lease()).isPresent();
    }

    @Test
    void delete_withAToken_removesOnlyWhatWasSeen() {
        texts.set("k", "old", TTL);
        long seen = ((Lookup.Hit<String>) texts.lookup("k")).cas();
        texts.set("k", "new", TTL);

        assertThat(texts.delete("k", seen)).isFalse();
        assertThat(texts.get("k")).isEqualTo("new");
        assertThat(texts.delete("k", ((Lookup.Hit<String>) texts.lookup("k")).cas()))
                .isTrue();
        assertThat(texts.get("k")).isNull();
        assertThat(texts.delete("k", seen)).isFalse();
    }

    @Test
    void update_whereALeaseStandsInTheWay_goesOn() {
        numbers.lookup("n", Reading.PLAIN.withLease(Duration.ofSeconds(30)));

        assertThat(numbers.update("n", TTL, MemcachedContract::plusOne)).isEqualTo(1);
        assertThat(numbers.get("n")).isEqualTo(1);
    }

    @Test
    void refreshBelow_oneCallerIsToldTo() {
        Assumptions.assumeTrue(speaksMeta(), "refreshing early needs meta commands");
        texts.set("k", "v", Duration.ofSeconds(50));
        Reading early = Reading.PLAIN.withRefreshBelow(Duration.ofSeconds(60));

        assertThat(texts.lookup("k", Reading.PLAIN.withRefreshBelow(Duration.ofSeconds(5))))
                .isInstanceOfSatisfying(
                        Lookup.Hit.class, hit -> assertThat(hit.refresh()).isFalse());
        assertThat(texts.lookup("k", early))
                .isInstanceOfSatisfying(
                        Lookup.Hit.class, hit -> assertThat(hit.refresh()).isTrue());
        assertThat(texts.lookup("k", early))
                .isInstanceOfSatisfying(
                        Lookup.Hit.class, hit -> assertThat(hit.refresh()).isFalse());
    }

    @Test
    void prefixed_putsKeysIntoANamespace() {
        View<String> users = texts.prefixed("user:").prefixed("7:");
        users.set("name", "Ada", TTL);
        users.setAll(Map.of("town", "London"), TTL);

        assertThat(texts.getAll(List.of("user:7:name", "user:7:town", "name")).missed())
                .containsExactly("name");
        assertThat(users.getAll(List.of("name", "town")).found())
                .containsExactly(Map.entry("name", "Ada"), Map.entry("town", "London"));
    }

    @Test
    void namespace_invalidated_noneOfItsEntriesIsSeenByAnyClient() {
        NamespaceView<String> users = texts.namespace("users");
        NamespaceView<String> others = texts.namespace("groups");
        users.set("a", "1", TTL);
        users.setAll(Map.of("b", "2", "c", "3"), TTL);
        others.set("a", "4", TTL);
        NamespaceView<String> same = texts.namespace("users");
        assertThat(same.getAll(List.of("a", "b", "c")).found()).hasSize(3);
        assertThat(texts.get("a")).isNull();

        users.invalidate();

        assertThat(users.getAll(List.of("a", "b", "c")).missed()).hasSize(3);
        assertThat(same.get("a")).isNull();
        assertThat(same.delete("b")).isFalse();
        assertThat(same.deleteAll(List.of("c")).missed()).hasSize(1);
        assertThat(others.get("a")).isEqualTo("4");
        assertThat(users.add("a", "5", TTL)).isEqualTo(StoreResult.STORED);
        assertThat(same.get("a")).isEqualTo("5");
    }

    @Test
    void namespace_generationLost_bringsBackNothing() {
        NamespaceView<String> users = texts.namespace("users");
        users.set("a", "1", TTL);
        for (int i = 0; i < 3; i++) {
            assertThat(texts.delete("users:larder-generation")).isTrue(); // as an eviction does

            assertThat(users.get("a")).isNull();
        }
    }

    @Test
    void namespace_tokensAndLeasesOfBefore_storeNothing() {
        NamespaceView<String> users = texts.namespace("users");
        users.set("a", "1", TTL);
        long token = token(users, "a");
        assertThat(users.cas("a", "2", token, TTL)).isEqualTo(StoreResult.STORED);
        token = token(users, "a");
        Lookup<String> leased = users.lookup("b", Reading.PLAIN.withLease(Duration.ofSeconds(30)));

        users.invalidate();
        users.set("a", "3", TTL);

        assertThat(users.cas("a", "4", token, TTL)).isEqualTo(StoreResult.EXISTS);
        assertThat(users.getIfChanged("a", token)).isEqualTo(new Fetch.Changed<>("3", token(users, "a")));
        assertThat(users.getIfChanged("a", token(users, "a"))).isEqualTo(new Fetch.NotModified<>());
        assertThat(users.get("a")).isEqualTo("3");
        assertThat(leased)
                .isInstanceOfSatisfying(
                        Lookup.Absent.class,
                        absent -> absent.lease()
                                .ifPresent(lease -> assertThat(users.cas("b", "late", lease, TTL))
                                        .isEqualTo(StoreResult.NOT_FOUND)));
    }

    @Test
    void namespace_operations_areThoseOfAView() throws Exception {
        NamespaceView<String> users = texts.namespace("users");
        View<String> inner = users.prefixed("7:");

        assertThat(inner.set("name", "Ad", TTL)).isEqualTo(StoreResult.STORED);
        assertThat(inner.append("name", "a")).isEqualTo(StoreResult.STORED);
        assertThat(inner.prepend("name", "+")).isEqualTo(StoreResult.STORED);
        assertThat(inner.replace("name", inner.get("name") + "!", TTL)).isEqualTo(StoreResult.STORED);
        assertThat(users.getAndTouch("7:name", TTL)).isEqualTo("+Ada!");
        assertThat(users.touch("7:name", TTL)).isTrue();
        assertThat(users.async().get("7:name").get()).isEqualTo("+Ada!");
        assertThat(users.incr("n", 2)).isEmpty();
        assertThat(users.incr("n", 2, 10, TTL)).isEqualTo(10);
        assertThat(users.decr("n", 2)).hasValue(8);
        assertThat(users.decr("m", 2, 5, TTL)).isEqualTo(5);
        assertThat(users.update("n", TTL, old -> old == null ? "none" : old + "0"))
                .startsWith("8");
        assertThat(users.compute("loaded", LoadPolicy.of(TTL), () -> "once")).isEqualTo("once");
        assertThat(users.compute("loaded", LoadPolicy.of(TTL), () -> "twice")).isEqualTo("once");
        assertThat(users.markStale("loaded", TTL)).isTrue();
        assertThat(users.get("loaded")).isNull();
        assertThat(users.within(TTL).lenient().get("7:name")).isEqualTo("+Ada!");
    }

    /** Whether the node of this contract has meta commands, as the client found out. */
    final boolean speaksMeta() {
        texts.get("anything");
        return memcached.stats().values().iterator().next().meta();
    }

    private long token(String key) {
        return token(texts, key);
    }

    private static long token(View<String> view, String key) {
        return view.lookup(key) instanceof Lookup.Hit<String> hit ? hit.cas() : -1;
    }

    /** Again where the others were quicker each time: nothing was changed then. */
    private static void addOne(View<Long> view) {
        boolean done = false;
        while (!done) {
            try {
                view.update("n", TTL, MemcachedContract::plusOne);
                done = true;
            } catch (MemcachedException e) {
                if (!String.valueOf(e.getMessage()).contains("lost the race")) {
                    throw e;
                }
            }
        }
    }

    private static Long plusOne(@Nullable Long old) {
        return old == null ? 1 : old + 1;
    }
}
