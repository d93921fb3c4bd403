package io.larder.server;

import java.util.List;
import java.util.Map;

/**
 * Something measured, for monitoring.
 *
 * @param name in the words of OpenMetrics, the unit behind, without {@code _total}
 * @param help what it is, in one line
 * @param samples at least one, each with labels of its own
 */
public record Metric(String name, Kind kind, String help, List<Sample> samples) {
    /** How it behaves. */
    public enum Kind {
        /** Grows from the start of the process on. */
        COUNTER,
        /** Goes up and down. */
        GAUGE
    }

    /**
     * One value.
     *
     * @param labels name and value of each; often none
     */
    public record Sample(Map<String, String> labels, double value) {}

    static Metric counter(String name, String help, double value) {
        return new Metric(name, Kind.COUNTER, help, List.of(new Sample(Map.of(), value)));
    }

    static Metric gauge(String name, String help, double value) {
        return new Metric(name, Kind.GAUGE, help, List.of(new Sample(Map.of(), value)));
    }

    static Sample of(String label, String labelValue, double value) {
        return new Sample(Map.of(label, labelValue), value);
    }

    static Metric counter(String name, String help, long value) {
        return counter(name, help, (double) value);
    }

    static Metric gauge(String name, String help, long value) {
        return gauge(name, help, (double) value);
    }

    static Sample of(String label, String labelValue, long value) {
        return of(label, labelValue, (double) value);
    }
}
