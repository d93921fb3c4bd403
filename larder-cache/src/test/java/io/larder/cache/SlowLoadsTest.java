package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which loads are logged, how, and how many. */
class SlowLoadsTest {
    private static final Logger LOG = Logger.getLogger("io.larder.cache"); // held, or its handlers would be forgotten

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            lines.add(MessageFormat.format(record.getMessage(), record.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final FakeTicker ticker = new FakeTicker();
    private final Later later = new Later(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .timer(later)
            .slowLoads("500ms")
            .open();
    private @Nullable Level before;
    private Duration took = Duration.ofMillis(500);
    private final Cached<String, String> values = larder.cached("v:{key}", String.class, String.class, key -> {
                ticker.advance(took);
                if (key.startsWith("bad")) {
                    throw new IllegalStateException("down");
                }
                return "value";
            })
            .ttl("1h")
            .build();

    @BeforeEach
    void listen() {
        before = LOG.getLevel();
        LOG.setLevel(Level.ALL);
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void close() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
        LOG.setLevel(before);
        larder.close();
    }

    @Test
    void load_atTheThreshold_isOneLine() {
        values.get("a b\n");

        assertThat(lines).containsExactly("slow load of v:a%20b%0A by v:{key}: 500 ms, VALUE");
        assertThat(larder.stats().slowLoads()).isEqualTo(1);
    }

    @Test
    void load_belowTheThreshold_isNoLine() {
        took = Duration.ofMillis(499);

        values.get("a");

        assertThat(lines).isEmpty();
        assertThat(larder.stats().slowLoads()).isZero();
    }

    @Test
    void load_thatFails_saysSo() {
        took = Duration.ofSeconds(2);

        assertThatThrownBy(() -> values.get("bad")).isInstanceOf(IllegalStateException.class);

        assertThat(lines).containsExactly("slow load of v:bad by v:{key}: 2000 ms, FAILED");
    }

    @Test
    void load_ofALongKey_isCut() {
        values.get("x".repeat(150));

        assertThat(lines).singleElement().asString().hasSizeLessThan(120).contains("xxx...");
    }

    @Test
    void load_ofSeveral_saysHowMany() {
        Cached<Long, String> many = larder.cachedAll("m:{key}", Long.class, String.class, keys -> {
                    ticker.advance(took);
                    Map<Long, String> loaded = new LinkedHashMap<>();
                    keys.forEach(key -> loaded.put(key, "value"));
                    return loaded;
                })
                .ttl("1h")
                .build();

        many.getAll(List.of(1L, 2L, 3L));

        assertThat(lines).containsExactly("slow load of m:1 and 2 more by m:{key}: 500 ms, VALUE");
    }

    @Test
    void flood_isTenLinesAndACountOfTheRest() {
        for (int i = 0; i < 17; i++) { // 8.5 seconds
            values.get("k" + i);
        }
        assertThat(lines).hasSize(SlowLoads.LINES_MAX);

        later.pass(Duration.ofSeconds(2));

        assertThat(lines)
                .hasSize(SlowLoads.LINES_MAX + 1)
                .endsWith("7 more slow loads within 10 seconds are not listed");
        assertThat(later.waiting()).isZero();
        assertThat(larder.stats().slowLoads()).isEqualTo(17);
        values.get("next");
        assertThat(lines).endsWith("slow load of v:next by v:{key}: 500 ms, VALUE");
    }

    @Test
    void slowLoads_malformed_saysWhatToWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.builder().slowLoads("soon"))
                .withMessageStartingWith("slowLoads \"soon\" is not a duration");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.builder().slowLoads("0"))
                .withMessageContaining("at least 1ms, was 0; write the time a load may take");
    }
}
