package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
    private static final List<String> KEYS =
            IntStream.range(0, 20_000).mapToObj(i -> "user:" + i).toList();

    @Test
    void distribution_weightedNodes_getTheirShareAndSaySo() {
        try (Memcached memcached = Memcached.open("memcached://a,b,c*2/p:")) {
            Distribution distribution = memcached.distribution(KEYS);

            assertThat(distribution.keys()).isEqualTo(20_000);
            assertThat(distribution.perNode().keySet()).containsExactly("a:11211", "b:11211", "c:11211");
            assertThat(distribution.share("a:11211")).isCloseTo(0.25, within(0.05));
            assertThat(distribution.share("c:11211")).isCloseTo(0.5, within(0.05));
            assertThat(distribution.spread()).isBetween(0.0, 0.2);
            assertThat(distribution.toString()).contains("a:11211").contains("spread ");
        }
    }

    @Test
    void movedBy_aFourthNode_isAboutAQuarter() {
        try (Memcached memcached = Memcached.open("memcached://a,b,c")) {
            List<Node> four = List.of(Node.parse("a"), Node.parse("b"), Node.parse("c"), Node.parse("d"));

            assertThat(memcached.movedBy(four, KEYS)).isCloseTo(0.25, within(0.08));
            assertThat(memcached.movedBy(memcached.nodes(), KEYS)).isZero();
        }
    }

    @Test
    void distribution_ofNothing_isRefused() {
        try (Memcached memcached = Memcached.open("memcached://a,b")) {
            assertThatThrownBy(() -> memcached.distribution(List.of())).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> memcached.distribution(List.of("a b")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
