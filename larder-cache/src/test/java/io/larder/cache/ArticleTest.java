package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.Invalidates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an article about a caching library shows, in Java; the manual has the same examples. */
@SuppressWarnings("try") // scopes are not used in their bodies
class ArticleTest {
    record User(long id, String name) {}

    record Account(long id, String owner) {}

    interface Friends {
        @Cached(key = "user:{user.id}:{accountId}", ttl = "3h")
        Account account(User user, long accountId);

        @Cached(key = "friends:{user.id}", ttl = "1h")
        List<String> friends(User user);

        @Invalidates("#friends")
        void befriend(User user, String friend);
    }

    private static final List<@Nullable Object> FALSY = Arrays.asList(0, 0.0, "", List.of(), Map.of(), false, null);

    private final FakeTicker ticker = new FakeTicker();
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final Larder larder = Larder.builder()
            .url("mem:?size=1000")
            .route("user:", "mem:?size=1000")
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .random(() -> 0)
            .loadExecutor(background::add)
            .open();
    private final List<String> friends = new ArrayList<>(List.of("Grace"));
    private int loads;
    private boolean down;
    private final Friends service = larder.proxy(Friends.class, new Friends() {
        @Override
        public Account account(User user, long accountId) {
            loads++;
            return new Account(accountId, user.name());
        }

        @Override
        public List<String> friends(User user) {
            loads++;
            return List.copyOf(friends);
        }

        @Override
        public void befriend(User user, String friend) {
            friends.add(friend);
        }
    });
    private final User ada = new User(1, "Ada");

    @AfterEach
    void close() {
        larder.close();
    }

    private String slow(long id) throws IOException {
        if (down) {
            throw new IOException("down");
        }
        return "load " + ++loads;
    }

    private CachedSpec<Long, String> spec() {
        return larder.cached("value:{key}", Long.class, String.class, this::slow);
    }

    private void runBackground() {
        while (!background.isEmpty()) {
            background.remove().run();
        }
    }

    @Test
    void accountByTemplate_isCachedUnderAReadableKey() {
        service.account(ada, 42);
        service.account(new User(1, "Ada, read again"), 42);

        assertThat(loads).isEqualTo(1);
        assertThat(Larder.cachedOf(service, "account").key(Arguments.of(ada, 42L)))
                .isEqualTo("user:1:42");
    }

    /** What a web filter does with {@code Cache-Control}. */
    private List<String> request(Map<String, String> headers) {
        if ("no-store".equals(headers.get("Cache-Control"))) {
            try (Scope off = larder.disabling(Op.READ, Op.WRITE)) {
                return service.friends(ada);
            }
        }
        if ("no-cache".equals(headers.get("Cache-Control"))) {
            try (Scope off = larder.disabling(Op.READ)) {
                return service.friends(ada);
            }
        }
        return service.friends(ada);
    }

    @Test
    void requestHeader_disablesTheCacheForOneRequest() {
        request(Map.of());
        friends.add("Alan");

        assertThat(request(Map.of("Cache-Control", "no-store"))).containsExactly("Grace", "Alan");
        assertThat(request(Map.of())).as("the cache was left alone").containsExactly("Grace");
        assertThat(request(Map.of("Cache-Control", "no-cache"))).containsExactly("Grace", "Alan");
        assertThat(request(Map.of())).as("and now renewed").containsExactly("Grace", "Alan");
    }

    @Test
    void detect_tellsTheKeysForAResponseHeader() {
        service.friends(ada);
        Map<String, String> response = new HashMap<>();
        try (Detector detector = larder.detect()) {
            service.friends(ada);
            service.account(ada, 42);
            response.put("X-From-Cache-Keys", String.join(";", detector.keys()));
        }

        assertThat(response).containsEntry("X-From-Cache-Keys", "friends:1");
    }

    @Test
    void invalidation_namesTheReadingFunction() {
        service.friends(ada);

        service.befriend(ada, "Alan");

        assertThat(service.friends(ada)).containsExactly("Grace", "Alan");
    }

    @Test
    void routing_byPrefix_picksTheStore() {
        try (Larder routed = Larder.builder().route("user:", "null:").open()) {
            var user = routed.cached("user:{key}", Long.class, String.class, this::slow);
            var other = routed.cached("other:{key}", Long.class, String.class, this::slow);

            assertThat(loadsOfTwoGets(user.ttl("1h").build())).isEqualTo(2);
            assertThat(loadsOfTwoGets(other.ttl("1h").build())).isEqualTo(1);
        }
    }

    private int loadsOfTwoGets(io.larder.cache.Cached<Long, String> values) {
        int before = loads;
        values.get(1L);
        values.get(1L);
        return loads - before;
    }

    @Test
    void ttl_loadsOnceInItsTime() {
        io.larder.cache.Cached<Long, String> values = spec().ttl("5h").build();

        assertThat(values.get(1L)).isEqualTo(values.get(1L));
        ticker.advance(Duration.ofHours(5));

        assertThat(values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void hit_reloadsInTheBackgroundAfterSomeUses() {
        io.larder.cache.Cached<Long, String> values =
                spec().ttl("1d").hits(Hits.of(500).refreshAfter(100)).build();
        for (int i = 0; i < 101; i++) {
            assertThat(values.get(1L)).isEqualTo("load 1");
        }

        runBackground();

        assertThat(values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void early_reloadsInTheBackgroundBeforeTheEnd() {
        io.larder.cache.Cached<Long, String> values =
                spec().ttl("10m").early("7m").build();
        values.get(1L);
        ticker.advance(Duration.ofMinutes(7));

        assertThat(values.get(1L)).isEqualTo("load 1");
        runBackground();

        assertThat(values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void failover_servesTheLastGoodValueOnTheNamedFailure() {
        io.larder.cache.Cached<Long, String> values =
                spec().ttl("2h").failover(IOException.class).build();
        assertThat(values.get(1L)).isEqualTo("load 1");
        ticker.advance(Duration.ofHours(1));
        assertThat(values.get(1L)).isEqualTo("load 2");
        down = true;

        assertThat(values.get(1L)).as("the last good value").isEqualTo("load 2");
        ticker.advance(Duration.ofHours(2));
        assertThatThrownBy(() -> values.get(1L)).as("past its TTL").hasCauseInstanceOf(IOException.class);
    }

    @Test
    void soft_servesTheOldValueWhileLoadsFail() {
        io.larder.cache.Cached<Long, String> values =
                spec().ttl("7m").stale("3m").build();
        values.get(1L);
        ticker.advance(Duration.ofMinutes(8));
        down = true;

        assertThat(values.get(1L)).isEqualTo("load 1");
        down = false;
        ticker.advance(Duration.ofSeconds(30));

        assertThat(values.get(1L)).isEqualTo("load 2");
    }

    @Test
    void bugFalsyValueAsMiss_isImpossible() {
        io.larder.cache.Cached<Long, Object> falsy = larder.cached("falsy:{key}", Long.class, Object.class, id -> {
                    loads++;
                    return Nulls.cast(FALSY.get(id.intValue()));
                })
                .ttl("1h")
                .build();
        for (int round = 0; round < 3; round++) {
            for (int id = 0; id < FALSY.size(); id++) {
                assertThat(falsy.get((long) id)).isEqualTo(FALSY.get(id));
            }
        }

        assertThat(loads).isEqualTo(FALSY.size());
    }

    @Test
    void bugTtlThatSlidesForEver_isImpossible() {
        io.larder.cache.Cached<Long, String> values = spec().ttl("10s").build();
        for (int second = 0; second < 30; second++) {
            assertThat(values.get(1L)).isNotEmpty();
            ticker.advance(Duration.ofSeconds(1));
        }

        assertThat(loads).isEqualTo(3);
    }

    @Test
    void bugSaltedKeys_isImpossible() {
        io.larder.cache.Cached<Long, String> values = spec().ttl("10s").build();

        assertThat(values.key(7L)).as("the same in every process, and readable").isEqualTo("value:7");
    }

    /** A line of the manual that does not run here has no place there. */
    @Test
    void manual_itsExamples_areTheOnesOfThisTest() throws IOException {
        String page = Files.readString(Path.of("../docs/cache.md"));
        String section = page.substring(page.indexOf("## By example"), page.indexOf("## Policy"));
        List<String> code = new ArrayList<>();
        boolean inside = false;
        for (String line : section.lines().toList()) {
            if (line.startsWith("```")) {
                inside = line.equals("```java");
            } else if (inside && !line.isBlank()) {
                code.add(line.replaceFirst(" +// .*", "").strip());
            }
        }
        String test = Files.readString(Path.of("src/test/java/io/larder/cache/ArticleTest.java"));

        assertThat(code).hasSizeGreaterThan(30);
        assertThat(code).allSatisfy(line -> assertThat(test).contains(line));
    }
}
