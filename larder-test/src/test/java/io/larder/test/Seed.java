package io.larder.test;

import java.util.SortedMap;
import java.util.TreeMap;

/** Runs one seed and prints its history, or a range and what was broken: {@code Seed 4711}, {@code Seed 0 1000000} (first, count). */
final class Seed {
    private static final long PIECE = 10_000;

    private Seed() {}

    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        if (arguments.length == 1) {
            Simulation.Outcome outcome = Simulation.run(first, true, Bug.NONE);
            outcome.history().forEach(System.out::println);
            System.out.println(outcome.world());
            System.out.println(
                    "seed " + first + ": " + (outcome.broken() == null ? "kept all invariants" : outcome.broken()));
            return;
        }
        many(first, Long.parseLong(arguments[1]));
    }

    private static void many(long first, long count) {
        long start = System.nanoTime();
        SortedMap<String, Long> seen = new TreeMap<>();
        int broken = 0;
        for (long done = 0; done < count; done += PIECE) {
            long piece = Math.min(PIECE, count - done);
            Seeds.Result result = Seeds.run(first + done, piece, Bug.NONE);
            result.seen().forEach((what, times) -> seen.merge(what, times, Long::sum));
            for (Simulation.Outcome outcome : result.broken()) {
                System.out.println("seed " + outcome.seed() + " " + outcome.broken());
            }
            broken += result.broken().size();
            System.out.printf(
                    "%d seeds from %d in %.1f s, %d broken%n",
                    done + piece, first, (System.nanoTime() - start) / 1e9, broken);
        }
        seen.forEach((what, times) -> System.out.printf("%12d %s%n", times, what));
    }
}
