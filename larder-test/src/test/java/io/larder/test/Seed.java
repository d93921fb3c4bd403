package io.larder.test;

/** Runs one seed and prints its history, or a range and what was broken: {@code Seed 4711}, {@code Seed 0 1000000} (first, count). */
final class Seed {
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
        long start = System.nanoTime();
        Seeds.Result result = Seeds.run(first, Long.parseLong(arguments[1]), Bug.NONE);
        result.seen().forEach((what, times) -> System.out.printf("%12d %s%n", times, what));
        for (Simulation.Outcome outcome : result.broken()) {
            System.out.println("seed " + outcome.seed() + " " + outcome.broken());
        }
        System.out.printf(
                "%s seeds from %d in %.1f s, %d broken%n",
                arguments[1],
                first,
                (System.nanoTime() - start) / 1e9,
                result.broken().size());
    }
}
