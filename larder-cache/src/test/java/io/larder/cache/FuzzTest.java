package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Mutants;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FuzzTest {
    private static final int INPUTS = 20_000;

    @Test
    void unwrap_damagedEnvelopes_isNullOrReadable() {
        Mutants.feed(EnvelopeFuzz.seeds(), INPUTS, EnvelopeFuzz::fuzzerTestOneInput);
    }

    @Test
    void keptInputs_keepThePromises() {
        assertThat(Mutants.replay(EnvelopeFuzz.class, EnvelopeFuzz::fuzzerTestOneInput))
                .isPositive();
    }

    /** Writes the seeds of a target, for Jazzer: its class, a folder. */
    public static void main(String[] arguments) {
        Mutants.write(EnvelopeFuzz.seeds(), Path.of(arguments[1]));
    }
}
