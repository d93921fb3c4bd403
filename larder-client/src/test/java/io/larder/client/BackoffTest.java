package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BackoffTest {
    private final FakeTicker ticker = new FakeTicker();

    @Test
    void failed_inARow_doublesUpToTheCap() {
        Backoff backoff = new Backoff(ticker, 5, () -> 0);
        List<Long> waits = new ArrayList<>();

        for (int i = 0; i < 8; i++) {
            backoff.failed();
            waits.add(Duration.ofNanos(backoff.leftNanos()).toMillis());
        }

        assertThat(waits).containsExactly(50L, 100L, 200L, 400L, 800L, 1600L, 1600L, 1600L);
    }

    @Test
    void jitter_shortensByUpToAQuarter() {
        Backoff backoff = new Backoff(ticker, 5, () -> 1);

        backoff.failed();

        assertThat(backoff.leftNanos()).isEqualTo(Duration.ofNanos(37_500_000).toNanos());
    }

    @Test
    void succeeded_startsAnew() {
        Backoff backoff = new Backoff(ticker, 5, () -> 0);
        backoff.failed();
        backoff.failed();

        backoff.succeeded();

        assertThat(backoff.leftNanos()).isZero();
        backoff.failed();
        assertThat(backoff.leftNanos()).isEqualTo(Duration.ofMillis(50).toNanos());
    }

    @Test
    void dials_thatSucceed_areFiveInASecondAtMost() {
        Backoff backoff = new Backoff(ticker, 5, () -> 0);
        int dials = 0;

        for (int milli = 0; milli < 10_000; milli++) {
            if (backoff.leftNanos() <= 0) {
                backoff.dialled();
                backoff.succeeded();
                dials++;
            }
            ticker.advance(Duration.ofMillis(1));
        }

        assertThat(dials).isEqualTo(50);
    }

    @Test
    @Timeout(60)
    void deadNode_isDialledOnlyAfterTheWait() throws IOException {
        Node dead = Node.parse("127.0.0.1:" + MisbehavingNodeTest.unusedPort());
        try (Memcached memcached = Memcached.open(MemcachedConfig.of(dead).withTicker(ticker))) {
            View<String> view = memcached.view(Codecs.text());
            for (int i = 0; i < 100; i++) {
                assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);
            }
            assertThat(dials(memcached)).isEqualTo(1);

            ticker.advance(Duration.ofMillis(50));
            assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);
            assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);

            assertThat(dials(memcached)).isEqualTo(2);
        }
    }

    @Test
    @Timeout(60)
    void deadNode_calledForAMinute_costsFewDials() throws IOException {
        Node dead = Node.parse("127.0.0.1:" + MisbehavingNodeTest.unusedPort());
        try (Memcached memcached = Memcached.open(MemcachedConfig.of(dead).withTicker(ticker))) {
            View<String> view = memcached.view(Codecs.text());

            for (int tenth = 0; tenth < 600; tenth++) {
                view.lookup("k");
                Await.until("the dial is over, for which the call may not have waited", () -> {
                    NodeStats stats = memcached.stats().values().iterator().next();
                    return stats.dials() == stats.dialFailures();
                });
                ticker.advance(Duration.ofMillis(100));
            }

            assertThat(dials(memcached)).isBetween(60_000L / 1700, 5 + 60_000L / 1200);
        }
    }

    private static long dials(Memcached memcached) {
        return memcached.stats().values().iterator().next().dials();
    }
}
