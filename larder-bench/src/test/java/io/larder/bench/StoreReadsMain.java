package io.larder.bench;

import java.util.Arrays;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Whether reads scale, and whether calls allocate: {@code StoreReadsMain [SECONDS [ROUNDS]]}.
 *
 * <p>One and two threads take turns, each time in a JVM of its own, so that noise meets both; printed are the medians by the clock and by
 * processor time. On a machine where others work, the clock says little.
 */
public final class StoreReadsMain {
    private static final double NANOS = 1e9;

    private final long seconds;

    private StoreReadsMain(long seconds) {
        this.seconds = seconds;
    }

    /** Rates of one run, in calls per second. */
    private record Rate(double byClock, double byCpu) {}

    public static void main(String[] args) throws RunnerException {
        long seconds = args.length > 0 ? Long.parseLong(args[0]) : 5;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        StoreReadsMain bench = new StoreReadsMain(seconds);
        bench.scaling(rounds);
        bench.allocation("get", 1);
        bench.allocation("set", 1);
        bench.allocation("mixed", 2);
    }

    private void scaling(int rounds) throws RunnerException {
        Rate[] one = new Rate[rounds];
        Rate[] two = new Rate[rounds];
        for (int round = 0; round < rounds; round++) {
            one[round] = rate(run("mixed", 1), 1);
            two[round] = rate(run("mixed", 2), 2);
            System.out.printf(
                    "round %d: by the clock %.2f, by processor time %.2f%n",
                    round + 1, two[round].byClock() / one[round].byClock(), two[round].byCpu() / one[round].byCpu());
        }
        print("by the clock", medianClock(one), medianClock(two));
        print("by processor time", medianCpu(one), medianCpu(two));
    }

    private static void print(String how, double one, double two) {
        System.out.printf(
                "95 %% get, 5 %% set, %s: one thread %.2f M calls/s, two %.2f M calls/s, ratio %.2f%n",
                how, one / 1e6, two / 1e6, two / one);
    }

    private static double medianClock(Rate[] rates) {
        return median(Arrays.stream(rates).mapToDouble(Rate::byClock).toArray());
    }

    private static double medianCpu(Rate[] rates) {
        return median(Arrays.stream(rates).mapToDouble(Rate::byCpu).toArray());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /**
     * Bytes of heap per call: by the calling threads, and as JMH's gc.alloc.rate.norm, where the harness itself accounts for some
     * kilobytes per second.
     */
    private void allocation(String method, int threads) throws RunnerException {
        RunResult result = run(method, threads);
        System.out.printf(
                "%s, %d thread%s: %.6f B/op, with the harness %.6f B/op%n",
                method,
                threads,
                threads == 1 ? "" : "s",
                secondary(result, "heapBytes") / secondary(result, "calls"),
                secondary(result, "gc.alloc.rate.norm"));
    }

    private static Rate rate(RunResult result, int threads) {
        double byCpu = secondary(result, "calls") / secondary(result, "cpuNanos") * NANOS * threads;
        return new Rate(result.getPrimaryResult().getScore(), byCpu);
    }

    private static double secondary(RunResult result, String name) {
        for (Result<?> one : result.getSecondaryResults().values()) {
            if (one.getLabel().endsWith(name)) {
                return one.getScore();
            }
        }
        throw new IllegalStateException("no result " + name);
    }

    private RunResult run(String method, int threads) throws RunnerException {
        Options options = new OptionsBuilder()
                .include("StoreReadsBench\\." + method + "$")
                .threads(threads)
                .forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementIterations(3)
                .measurementTime(TimeValue.seconds(seconds))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .jvmArgs("-Xmx512m", "-XX:MaxDirectMemorySize=2g", "-XX:+UseSerialGC")
                .build();
        Collection<RunResult> results = new Runner(options).run();
        return results.iterator().next();
    }
}
