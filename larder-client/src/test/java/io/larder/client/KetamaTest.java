package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what libmemcached itself answered; the vectors were taken from its C API. */
class KetamaTest {
    @Test
    void nodeOf_nodeDown_movesItsKeysAloneAndSharesThemOut() {
        List<Node> nodes = List.of(Node.parse("a"), Node.parse("b"), Node.parse("c"), Node.parse("d"));
        Placement.Ring ring = Placement.LIBMEMCACHED_KETAMA.ring(nodes);
        int[] taken = new int[nodes.size()];

        for (int i = 0; i < 4000; i++) {
            byte[] key = ("key-" + i).getBytes(StandardCharsets.UTF_8);
            int home = ring.nodeOf(key);
            int now = ring.nodeOf(key, nodes.size(), node -> node != 1);
            if (home == 1) {
                taken[now]++;
            } else {
                assertThat(now).isEqualTo(home);
            }
        }

        assertThat(taken[1]).isZero();
        assertThat(taken[0]).isGreaterThan(100);
        assertThat(taken[2]).isGreaterThan(100);
        assertThat(taken[3]).isGreaterThan(100);
        assertThat(ring.nodeOf(new byte[] {'k'}, nodes.size(), node -> false)).isEqualTo(-1);
    }

    /** The cases of this very profile: no other behaviour besides, and no prefix, which cuts the last key there. */
    static Stream<Arguments> vectors() throws IOException {
        Map<?, ?> file = file();
        List<?> keys = (List<?>) file.get("keys");
        return ((List<?>) Objects.requireNonNull(file.get("cases")))
                .stream()
                        .map(c -> (Map<?, ?>) c)
                        .filter(c ->
                                List.of("KETAMA_WEIGHTED=1").equals(c.get("behaviors")) && !c.containsKey("prefix"))
                        .map(c -> Arguments.of(c.get("label"), nodes(c), keys, c.get("expect")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void nodeOf_vectorOfLibmemcached_isTheSame(String label, List<Node> nodes, List<String> keys, List<Long> expected) {
        Placement.Ring ring = Placement.LIBMEMCACHED_KETAMA.ring(nodes);

        List<Long> placed =
                keys.stream().map(key -> (long) ring.nodeOf(utf8(key))).toList();

        assertThat(placed).as(label).isEqualTo(expected);
    }

    @Test
    void vectors_ofThisProfile_areAllThere() throws IOException {
        assertThat(vectors()).hasSize(3);
    }

    @Test
    void nodeOf_prefix_isNotHashed() throws IOException {
        try (Memcached plain = Memcached.open("memcached://10.0.0.1,10.0.0.2,10.0.0.3");
                Memcached prefixed = Memcached.open("memcached://10.0.0.1,10.0.0.2,10.0.0.3/app:")) {
            List<?> keys = (List<?>) Objects.requireNonNull(file().get("keys"));

            for (Object key : keys.subList(0, 11)) { // the last is 250 bytes long without a prefix
                assertThat(prefixed.nodeOf(key.toString())).isEqualTo(plain.nodeOf(key.toString()));
            }
        }
    }

    @Test
    void digests_weights_areFlooredAsFloats() {
        assertThat(List.of(Ketama.digests(10, 18, 3), Ketama.digests(1, 18, 3), Ketama.digests(7, 18, 3)))
                .containsExactly(66, 6, 46);
    }

    @Property(tries = 200)
    void nodeOf_nodeAdded_movesKeysOnlyToIt(@ForAll String key) {
        List<Node> three = List.of(Node.parse("a"), Node.parse("b"), Node.parse("c"));
        List<Node> four = new ArrayList<>(three);
        four.add(Node.parse("d"));

        int before = Placement.LIBMEMCACHED_KETAMA.ring(three).nodeOf(utf8(key));
        int after = Placement.LIBMEMCACHED_KETAMA.ring(four).nodeOf(utf8(key));

        assertThat(after).isIn(before, 3);
    }

    private static List<Node> nodes(Map<?, ?> testCase) {
        List<?> servers = (List<?>) Objects.requireNonNull(testCase.get("servers"));
        List<?> weights = (List<?>) Objects.requireNonNull(testCase.get("weights"));
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            nodes.add(Node.parse(servers.get(i) + "*" + weights.get(i)));
        }
        return nodes;
    }

    private static Map<?, ?> file() throws IOException {
        try (InputStream in = KetamaTest.class.getResourceAsStream("placement-libmemcached.json")) {
            byte[] bytes = Objects.requireNonNull(in).readAllBytes();
            return (Map<?, ?>) Json.parse(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
