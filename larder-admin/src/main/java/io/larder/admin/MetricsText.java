package io.larder.admin;

import io.larder.server.Metric;
import io.larder.server.Metric.Kind;
import io.larder.server.Metric.Sample;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes metrics in Prometheus' text format 0.0.4. */
final class MetricsText {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private MetricsText() {}

    static String of(List<Metric> metrics) {
        StringBuilder out = new StringBuilder();
        metrics.forEach(metric -> append(out, metric));
        return out.toString();
    }

    private static void append(StringBuilder out, Metric metric) {
        boolean counts = metric.kind() == Kind.COUNTER;
        String name = metric.name() + (counts ? "_total" : "");
        out.append("# HELP ")
                .append(name)
                .append(' ')
                .append(escaped(metric.help()))
                .append('\n');
        out.append("# TYPE ").append(name).append(counts ? " counter\n" : " gauge\n");
        for (Sample sample : metric.samples()) {
            out.append(name)
                    .append(labels(sample.labels()))
                    .append(' ')
                    .append(number(sample.value()))
                    .append('\n');
        }
    }

    private static String labels(Map<String, String> labels) {
        return labels.isEmpty()
                ? ""
                : new TreeMap<>(labels)
                        .entrySet().stream()
                                .map(label -> label.getKey() + "=\""
                                        + escaped(label.getValue()).replace("\"", "\\\"") + "\"")
                                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    /** Whole numbers without a point or an exponent, so that large counts are exact to read. */
    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
