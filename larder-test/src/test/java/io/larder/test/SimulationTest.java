package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The invariants of docs/cache.md ("Several processes") on many small worlds. */
class SimulationTest {
    private static final long SEEDS = Long.getLong("larder.simulation.seeds", 10_000);
    private static final long FIRST = Long.getLong("larder.simulation.first", 0);

    @Test
    void seeds_all_keepTheInvariants() {
        Seeds.Result result = Seeds.run(FIRST, SEEDS, Bug.NONE);

        assertThat(result.broken()).isEmpty();
    }

    @Test
    void seed_runTwice_isTheSameHistory() {
        for (long seed = 0; seed < 50; seed++) {
            Simulation.Outcome first = Simulation.run(seed, true, Bug.NONE);
            Simulation.Outcome second = Simulation.run(seed, true, Bug.NONE);

            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void seeds_differ_soDoTheirHistories() {
        assertThat(IntStream.range(0, 50)
                        .mapToObj(seed -> Simulation.run(seed, false, Bug.NONE).digest()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void bug_planted_isFound(Bug bug) {
        Simulation.Outcome found = LongStream.range(0, 10_000)
                .mapToObj(seed -> Simulation.run(seed, false, bug))
                .filter(outcome -> outcome.broken() != null && outcome.broken().startsWith(bug.invariant))
                .findFirst()
                .orElseThrow();

        assertThat(Simulation.run(found.seed(), false, Bug.NONE).broken()).isNull();
    }
}
