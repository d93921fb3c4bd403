package io.larder.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.server.Metric;
import io.larder.server.Metric.Kind;
import io.larder.server.Metric.Sample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTextTest {
    @Test
    void counter_getsItsSuffix_andLargeCountsStayExact() {
        Metric metric = new Metric("a_bytes", Kind.COUNTER, "Of a.", List.of(new Sample(Map.of(), 1L << 50)));

        assertThat(MetricsText.of(List.of(metric)))
                .isEqualTo(
                        "# HELP a_bytes_total Of a.\n# TYPE a_bytes_total counter\na_bytes_total 1125899906842624\n");
    }

    @Test
    void labels_areSortedAndEscaped() {
        Metric metric = new Metric(
                "g", Kind.GAUGE, "back\\slash", List.of(new Sample(Map.of("b", "x\"y\\z\n", "a", "1"), 0.25)));

        assertThat(MetricsText.of(List.of(metric)))
                .isEqualTo("# HELP g back\\\\slash\n# TYPE g gauge\ng{a=\"1\",b=\"x\\\"y\\\\z\\n\"} 0.25\n");
    }
}
