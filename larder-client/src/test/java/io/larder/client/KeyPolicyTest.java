package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPolicyTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final String LONG = "k".repeat(1000);

    @Test
    void percent_escapesWhatMemcachedCannotHold_andThePercentSign() {
        assertThat(text(KeyPolicy.PERCENT.encode("a b%\r\n\u007f键"))).isEqualTo("a%20b%25%0D%0A%7F键");
        assertThat(text(KeyPolicy.PERCENT.encode("plain:1"))).isEqualTo("plain:1");
        assertThatThrownBy(() -> KeyPolicy.PERCENT.encode(" ".repeat(84))).hasMessageContaining("252 bytes");
    }

    @Test
    void base64_takesAnyText_upTo187Bytes() {
        assertThat(text(KeyPolicy.BASE64.encode("a b\0"))).isEqualTo("YSBiAA");
        assertThat(KeyPolicy.BASE64.encode("k".repeat(187))).hasSize(250);
        assertThatThrownBy(() -> KeyPolicy.BASE64.encode("k".repeat(188))).hasMessageContaining("251 bytes");
    }

    @Test
    void hash_digestsOnlyWhatMemcachedCannotHold_andWhatLooksLikeADigest() {
        assertThat(text(KeyPolicy.HASH.encode("k".repeat(250)))).isEqualTo("k".repeat(250));
        for (String key : List.of(LONG, "a b", "#larder#AAAAAAAAAAAAAAAAAAAAAA")) {
            assertThat(text(KeyPolicy.HASH.encode(key)))
                    .matches("#larder#[A-Za-z0-9_-]{22}")
                    .isNotEqualTo(key);
        }
        assertThatThrownBy(() -> KeyPolicy.HASH.encode("k".repeat(70_000))).hasMessageContaining("70000 bytes");
    }

    @Property
    void percentAndBase64_twoKeys_areNeverOne(@ForAll String a, @ForAll String b) {
        for (KeyPolicy policy : List.of(KeyPolicy.PERCENT, KeyPolicy.BASE64)) {
            byte[] first = encoded(policy, a);
            byte[] second = encoded(policy, b);
            if (first.length > 0 && Arrays.equals(first, second)) {
                assertThat(a).isEqualTo(b);
            }
        }
    }

    private static byte[] encoded(KeyPolicy policy, String key) {
        try {
            return policy.encode(key);
        } catch (IllegalArgumentException e) {
            return new byte[0]; // refused
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol=meta", "protocol=text"})
    void hash_allOperations_workOnLongKeys_andACollisionIsAMiss(String protocol) {
        try (CacheServer server =
                        CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1));
                Memcached memcached = Memcached.open("memcached://127.0.0.1:%d/p:?timeout=20s&connect=20s&keys=hash&%s"
                        .formatted(server.port(), protocol));
                Memcached plain =
                        Memcached.open("memcached://127.0.0.1:%d?timeout=20s&connect=20s".formatted(server.port()))) {
            View<String> view = memcached.view(Codecs.text());

            assertThat(view.get(LONG)).isNull();
            assertThat(view.set(LONG, "v", TTL)).isEqualTo(StoreResult.STORED);
            assertThat(view.append(LONG, "w")).isEqualTo(StoreResult.STORED);
            assertThat(view.get(LONG)).isEqualTo("vw");
            assertThat(view.setAll(Map.of("a b", "1", "c", "2"), TTL).complete())
                    .isTrue();
            assertThat(view.getAll(List.of("a b", "c", LONG)).orThrow().found())
                    .isEqualTo(Map.of("a b", "1", "c", "2", LONG, "vw"));
            assertThat(view.update(LONG, TTL, value -> value + "x")).isEqualTo("vwx");
            assertThat(view.compute("a new key", LoadPolicy.of(TTL), () -> "loaded"))
                    .isEqualTo("loaded");
            assertThat(view.get("a new key")).isEqualTo("loaded");
            assertThatThrownBy(() -> view.incr(LONG, 1)).hasMessageContaining("the key is hashed");
            assertThatThrownBy(() -> view.prepend(LONG, "v")).hasMessageContaining("the key is hashed");

            // another key's item under the same digest
            View<byte[]> raw = plain.view(Codecs.bytes());
            raw.set(text(KeyPolicy.HASH.encode("p:" + LONG)), new byte[] {0, 3, 'p', ':', 'x', 'v'}, TTL);
            assertThat(view.get(LONG)).isNull();
            assertThat(view.lookup(LONG)).isInstanceOf(Lookup.Absent.class);
            assertThat(view.getAll(List.of(LONG)).missed()).containsExactly(LONG);
            assertThat(view.update(LONG, TTL, value -> String.valueOf(value))).isEqualTo("null");
            assertThat(view.get(LONG)).isEqualTo("null");
            assertThat(view.delete(LONG)).isTrue();
        }
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
