package io.larder.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.CacheStats;
import io.larder.cache.Larder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A class that this module's build has woven. */
class WovenPricesTest {
    @Test
    void privateMethod_calledByItsOwnObject_isCached() {
        try (Larder larder = Larder.open("mem:")) {
            larder.bind(WovenPrices.class);
            WovenPrices prices = new WovenPrices();

            assertThat(prices.total(List.of("apple", "apple", "pear"))).isEqualTo(10);
            assertThat(prices.total(List.of("pear", "apple", "apple"))).isEqualTo(10);

            assertThat(prices.queries()).isEqualTo(2);
            CacheStats stats = larder.stats();
            assertThat(stats.hits()).isEqualTo(4);
            assertThat(stats.misses()).isEqualTo(2);
        }
    }

    @Test
    void writer_invalidates_whatThePrivateMethodRead() {
        try (Larder larder = Larder.open("mem:")) {
            larder.bindAll(WovenPrices.class.getClassLoader());
            WovenPrices prices = new WovenPrices();
            assertThat(prices.total(List.of("apple"))).isEqualTo(3);

            prices.setPrice("apple", 4);

            assertThat(prices.total(List.of("apple"))).isEqualTo(4);
            assertThat(prices.queries()).isEqualTo(2);
        }
    }

    @Test
    void build_listsTheClass() throws IOException {
        try (var list = WovenPrices.class.getResourceAsStream("/META-INF/larder/woven")) {
            assertThat(list).isNotNull();
            assertThat(new String(list.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).lines())
                    .containsExactly("io.larder.examples.WovenPrices");
        }
    }
}
