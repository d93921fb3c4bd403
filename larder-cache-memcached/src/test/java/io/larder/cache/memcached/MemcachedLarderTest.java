package io.larder.cache.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.FakeTicker;
import io.larder.cache.Cached;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.cache.Lookup;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cached functions over a node that lives, dies and falls silent. */
@Timeout(120)
class MemcachedLarderTest {
    record Account(long id, String name, List<String> roles) {}

    private final FakeTicker ticker = new FakeTicker();
    private final FakeNode node = new FakeNode(ticker);
    private final AtomicInteger loads = new AtomicInteger();
    private final Larder larder = open(node.url("/shop:" + FakeNode.PATIENT));
    private final Cached<Long, Account> accounts = accounts(larder);

    private Larder open(String url) {
        return Larder.builder()
                .url(url)
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0)
                .open();
    }

    private Cached<Long, Account> accounts(Larder of) {
        return of.cached("account:{key}", Long.class, Account.class, this::load)
                .ttl("10m")
                .build();
    }

    private Account load(long id) {
        return new Account(id, "load " + loads.incrementAndGet(), List.of("reader", "writer"));
    }

    @AfterEach
    void close() {
        larder.close();
        node.close();
    }

    @Test
    void get_twoProcessesWorth_loadOnceUnderThePrefix() {
        Account first = accounts.get(7L);
        Account second;
        try (Larder other = open(node.url("/shop:" + FakeNode.PATIENT))) {
            second = accounts(other).get(7L);
        }

        assertThat(second).isEqualTo(first);
        assertThat(loads).hasValue(1);
        assertThat(node.keys()).containsExactly("shop:account:7");
    }

    @Test
    void invalidateTag_byAnotherProcess_isSeenAtOnce() {
        Cached<Long, Account> tagged = larder.cached("tagged:{key}", Long.class, Account.class, this::load)
                .ttl("10m")
                .tags("all")
                .build();
        tagged.get(7L);
        tagged.get(7L);
        assertThat(loads).hasValue(1);

        try (Larder other = open(node.url("/shop:" + FakeNode.PATIENT))) {
            other.invalidateTag("all");
        }

        assertThat(tagged.get(7L).name()).isEqualTo("load 2");
        assertThat(tagged.get(7L).name()).isEqualTo("load 2");
    }

    @Test
    void get_signedByAFileInTheUrl_isAHitForThoseWhoHaveIt(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "0123456789abcdef\n");
        String signed = node.url("/shop:" + FakeNode.PATIENT + "&secret=file:" + secret);
        try (Larder first = open(signed);
                Larder second = open("tiered:mem:," + signed)) {
            Account loaded = accounts(first).get(7L);

            assertThat(accounts(second).get(7L)).isEqualTo(loaded);
            assertThat(accounts.get(7L)).as("without the secret").isNotEqualTo(loaded);
            assertThat(accounts.stats().unreadable()).isEqualTo(1);
            assertThat(accounts(first).get(7L)).as("written unsigned meanwhile").isNotEqualTo(loaded);
            assertThat(first.stats().unreadable()).isEqualTo(1);
        }
    }

    @Test
    void tags_whereStandInsKeepOldVersions_areRefused() {
        for (String failure : List.of("?failure=rehash", "?failure=gutter&gutter=127.0.0.1:1")) {
            try (Larder standIns = open(node.url(failure))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> standIns.cached("tagged:{key}", Long.class, Account.class, this::load)
                                .ttl("10m")
                                .tags("all")
                                .build())
                        .withMessageContaining("has tags or a namespace, but store memcached:");
            }
        }
    }

    @Test
    void getAll_someThere_loadsTheOthers() {
        accounts.get(7L);

        assertThat(accounts.getAll(List.of(6L, 7L, 8L)).values())
                .extracting(Account::name)
                .containsExactly("load 2", "load 1", "load 3");
    }

    @Test
    void tiered_copyInTheProcess_answersWithoutTheNode() {
        try (Larder tiered = open("tiered:mem:?size=10," + node.url("/shop:" + FakeNode.PATIENT))) {
            Cached<Long, Account> copied = accounts(tiered);
            Account first = copied.get(7L);
            assertThat(accounts.get(7L)).as("it is on the node").isEqualTo(first);
            node.close();

            assertThat(copied.get(7L)).isEqualTo(first);
            assertThat(tiered.stats().unavailable()).isZero();
        }
    }

    @Test
    void get_ttlEnds_loadsAgain() {
        accounts.get(7L);
        ticker.advance(Duration.ofMinutes(10));

        assertThat(accounts.get(7L).name()).isEqualTo("load 2");
    }

    @Test
    void get_nodeKilledWhileRunning_answersFromTheLoaderAndCounts() {
        accounts.get(7L);
        node.close();

        assertThat(accounts.get(7L).name()).isEqualTo("load 2");
        assertThat(accounts.get(7L).name()).isEqualTo("load 3");
        accounts.put(7L, accounts.bypass(7L));
        accounts.invalidate(7L);

        assertThat(accounts.stats().unavailable()).isEqualTo(2);
        assertThat(accounts.stats().storeFailures()).isEqualTo(2);
        assertThat(accounts.peek(7L)).isInstanceOf(Lookup.Unavailable.class);
    }

    @Test
    void get_nodeSilent_answersAfterTheTimeout() {
        node.silence();
        try (Larder impatient = open(node.url("?timeout=50ms"))) {
            Cached<Long, Account> function = accounts(impatient);

            assertThat(function.get(7L).name()).isEqualTo("load 1");
            assertThat(function.stats().unavailable()).isEqualTo(1);
        }
    }

    @Test
    void open_nothingListens_isImmediateAndAnswers() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        try (Larder lonely = open("memcached://127.0.0.1:" + port + FakeNode.PATIENT)) {
            assertThat(accounts(lonely).get(7L).name()).isEqualTo("load 1");
        }
    }

    @Test
    void close_larder_functionsStillAnswer() {
        accounts.get(7L);

        larder.close();

        assertThat(accounts.get(7L).name()).isEqualTo("load 2");
    }

    @Test
    void open_badUrl_saysWhatToWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.open("memcached://h?timout=1s"))
                .withMessage("memcached: has no option \"timout\"; did you mean \"timeout\"?");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.open("memcached:"))
                .withMessage("a memcached client needs a node; write memcached://host:11211");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.open("memcached://h/" + "x".repeat(51)))
                .withMessage(
                        "the prefix in the memcached: URL has 51 bytes; at most 50 leave room for the keys, shorten it");
    }
}
