package io.larder.client;

import io.larder.base.Printable;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextRequestEncoder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks all nodes the same. */
final class NodeAdmin implements Admin {
    private final Cluster cluster;

    NodeAdmin(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public PerNode<String> versions() {
        return askAll(
                "version",
                () -> new LineExchange(
                        "version", TextRequestEncoder.version(), reply -> reply instanceof TextReply.Version),
                exchange -> exchange.reply() instanceof TextReply.Version version ? version.text() : "");
    }

    @Override
    public PerNode<Map<String, String>> stats(String... args) {
        for (String arg : args) {
            if (arg.isEmpty() || !arg.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException(
                        "\"%s\" names no statistics; write one word, like items or slabs".formatted(Printable.of(arg)));
            }
        }
        return askAll("stats", () -> new StatsExchange(List.of(args)), StatsExchange::stats);
    }

    @Override
    public void flushAll(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay of flushAll must be zero or more, was %s".formatted(delay));
        }
        long seconds = cluster.exptime(delay);
        askAll(
                        "flushAll",
                        () -> new LineExchange(
                                "flushAll",
                                TextRequestEncoder.flushAll(seconds),
                                reply -> reply == TextReply.Status.OK),
                        LineExchange::isDone)
                .orThrow();
    }

    private <E extends Exchange, T> PerNode<T> askAll(String operation, Supplier<E> question, Function<E, T> answer) {
        Deadline deadline = cluster.deadline(cluster.config().timeouts().bulk());
        Map<Lane, Lane.Job<E>> jobs = new LinkedHashMap<>();
        for (NodeLink link : cluster.links()) {
            Lane lane = new Lane(link, operation, deadline);
            jobs.put(lane, lane.add(question.get()));
        }
        Fanout.run(jobs.keySet(), deadline, cluster.config());
        Map<String, T> answers = new LinkedHashMap<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        jobs.forEach((lane, job) -> {
            String node = lane.node().name();
            if (job.failure() != null) {
                failed.put(node, job.failure());
            } else {
                answers.put(node, answer.apply(job.exchange()));
            }
        });
        return new PerNode<>(answers, failed);
    }
}
