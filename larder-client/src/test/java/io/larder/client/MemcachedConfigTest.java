package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemcachedConfigTest {
    @Test
    void parse_hostOnly_hasTheDefaults() {
        MemcachedConfig config = MemcachedConfig.parse("memcached://localhost");

        assertThat(config.nodes()).containsExactly(new Node("localhost", 11_211, 1));
        assertThat(config.prefix()).isEmpty();
        assertThat(config.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(15)));
        assertThat(config.limits())
                .isEqualTo(new Limits(1_048_576, 1024, 8_388_608, 100_000, 5, 65_536, 256, BackPressure.AUTO));
        assertThat(config.placement().name()).isEqualTo("libmemcached-ketama");
    }

    @Test
    void parse_everything_isTakenApart() {
        MemcachedConfig config = MemcachedConfig.parse(
                "memcached://h1:11311,h2*2,[::1]:7/shop:?timeout=400ms&connect=2s"
                        + "&bulk-timeout=5s&stall=3s&idle=1m&back-pressure=reject&value-max=4m&placement=libmemcached-ketama");

        assertThat(config.nodes())
                .containsExactly(new Node("h1", 11_311, 1), new Node("h2", 11_211, 2), new Node("::1", 7, 1));
        assertThat(config.nodes()).extracting(Node::name).containsExactly("h1:11311", "h2:11211", "[::1]:7");
        assertThat(config.prefix()).isEqualTo("shop:");
        assertThat(config.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ofMillis(400),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(1)));
        assertThat(config.limits().valueBytesMax()).isEqualTo(4 << 20);
        assertThat(config.limits().backPressure()).isEqualTo(BackPressure.REJECT);
        assertThatThrownBy(() -> MemcachedConfig.parse("memcached://h?back-pressure=blok"))
                .hasMessageContaining("back-pressure \"blok\" is unknown")
                .hasMessageContaining("block");
    }

    @Test
    void parse_timeoutAlone_scalesTheOthers() {
        Timeouts timeouts = MemcachedConfig.parse("memcached://h?timeout=2s").timeouts();

        assertThat(timeouts.bulk()).isEqualTo(Duration.ofSeconds(4));
        assertThat(timeouts.stall()).isEqualTo(Duration.ofSeconds(8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memcached://h?timout=1s | memcached: has no option \"timout\"; did you mean \"timeout\"?",
                "memcached://h?timeout=soon | memcached: option \"timeout\": \"soon\" is not a duration",
                "memcached://h?timeout=0 | timeout must be more than 0 and at most 1 day, was PT0S",
                "memcached://h?connect=2d | connect must be more than 0 and at most 1 day, was PT48H",
                "memcached://h?value-max=8g | value-max must be from 1 to 1073741824 bytes",
                "memcached://h?placement=ketama | placement \"ketama\" is unknown; known: libmemcached-ketama",
                "memcached:// | a memcached client needs a node; write memcached://host:11211",
                "memcached: | a memcached client needs a node",
                "redis://h | \"redis:\" is not the scheme of a memcached client",
                "memcached://h:0 | node needs a host, a port from 1 to 65535",
                "memcached://h,h:11211 | node h:11211 is listed twice; name it once, with a weight like h:11211*2",
                "memcached://h/a%20b | key \"a b\" has the byte 0x20",
                "localhost:11211 | \"localhost:\" is not the scheme of a memcached client; write memcached://host:11211",
            })
    void parse_mistake_isRefusedSayingWhatToWrite(String url, String message) {
        assertThatThrownBy(() -> Memcached.open(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
