package io.larder.client;

import io.larder.base.Printable;
import io.larder.protocol.EncodedRequest;
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
    private static final int VERBOSITY_MAX = 2;

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
    public void verbosity(int level) {
        if (level < 0 || level > VERBOSITY_MAX) {
            throw new IllegalArgumentException(
                    "verbosity must be from 0 to %d, was %d".formatted(VERBOSITY_MAX, level));
        }
        tellAll("verbosity", TextRequestEncoder.verbosity(level));
    }

    @Override
    public void memoryLimit(int megabytes) {
        if (megabytes < 1) {
            throw new IllegalArgumentException("memory limit must be at least 1 MB, was %d".formatted(megabytes));
        }
        tellAll("memoryLimit", TextRequestEncoder.memoryLimit(megabytes));
    }

    @Override
    public PerNode<List<String>> keys(int keysMax) {
        Deadline deadline = cluster.deadline(cluster.config().timeouts().bulk());
        Map<String, List<String>> answers = new LinkedHashMap<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        for (Node node : cluster.nodes()) {
            try {
                answers.put(node.name(), new KeyDump(node, cluster.config(), deadline, keysMax).read());
            } catch (MemcachedException e) {
                failed.put(node.name(), e);
            }
        }
        return new PerNode<>(answers, failed);
    }

    @Override
    public void flushAll(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay of flushAll must be zero or more, was %s".formatted(delay));
        }
        long seconds = cluster.exptime(delay);
        tellAll("flushAll", TextRequestEncoder.flushAll(seconds));
    }

    private void tellAll(String operation, EncodedRequest request) {
        askAll(
                        operation,
                        () -> new LineExchange(operation, request, reply -> reply == TextReply.Status.OK),
                        LineExchange::isDone)
                .orThrow();
    }

    private <E extends Exchange, T> PerNode<T> askAll(String operation, Supplier<E> question, Function<E, T> answer) {
        Deadline deadline = cluster.deadline(cluster.config().timeouts().bulk());
        Map<NodeShare, NodeShare.Job<E>> jobs = new LinkedHashMap<>();
        for (NodeLink link : cluster.links()) {
            NodeShare share = new NodeShare(link.lane(false), operation, deadline);
            jobs.put(share, share.add(question.get()));
        }
        Fanout.run(jobs.keySet(), deadline, cluster.config());
        Map<String, T> answers = new LinkedHashMap<>();
        Map<String, MemcachedException> failed = new LinkedHashMap<>();
        jobs.forEach((share, job) -> {
            String node = share.node().name();
            try {
                answers.put(node, answer.apply(job.outcome(operation)));
            } catch (MemcachedException e) {
                failed.put(node, e);
            }
        });
        return new PerNode<>(answers, failed);
    }
}
