package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Inside;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The invariants of docs/cache.md ("Several processes") on many small worlds. */
class SimulationTest {
    private static final long SEEDS = Long.getLong("larder.simulation.seeds", 10_000);
    private static final long FIRST = Long.getLong("larder.simulation.first", 0);

    @Test
    void seeds_all_keepTheInvariants() {
        List<Simulation.Outcome> broken = Seeds.broken(FIRST, SEEDS, builder -> builder);

        assertThat(broken).isEmpty();
    }

    @Test
    void seed_runTwice_isTheSameHistory() {
        for (long seed = 0; seed < 50; seed++) {
            Simulation.Outcome first = Simulation.run(seed, true, builder -> builder);
            Simulation.Outcome second = Simulation.run(seed, true, builder -> builder);

            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void seeds_differ_soDoTheirHistories() {
        assertThat(IntStream.range(0, 50)
                        .mapToObj(seed ->
                                Simulation.run(seed, false, builder -> builder).digest()))
                .doesNotHaveDuplicates();
    }

    @Test
    void fencing_switchedOff_isFound() {
        Simulation.Outcome found = LongStream.range(0, 10_000)
                .mapToObj(seed -> Simulation.run(seed, false, Inside::withoutFencing))
                .filter(outcome -> outcome.broken() != null)
                .findFirst()
                .orElseThrow();

        assertThat(found.broken()).startsWith("I1");
        assertThat(Simulation.run(found.seed(), false, builder -> builder).broken())
                .isNull();
    }
}
