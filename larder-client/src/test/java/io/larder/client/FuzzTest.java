package io.larder.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Mutants;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Replies to requests, right and wrong ones, strung together, damaged and cut. */
class FuzzTest {
    private static final int INPUTS = 20_000;
    private static final int KINDS = 16;
    private static final String[] REPLIES = {
        "VALUE a 0 3~abc~END~",
        "VALUE bb 4294967295 0~~",
        "VALUE c 7 1~x~END~",
        "END~",
        "VA 3 f7 ka O7~abc~",
        "VA 0 f0 kbb O7 W~~",
        "VA 1 f1 kc O7 c9 t-1~x~",
        "EN ka O7~",
        "EN kc O7~",
        "EN kc O8~",
        "HD O7~",
        "STAT pid 17~STAT empty~END~",
        "VERSION 1.6.45~",
        "OK~",
        "RESET~",
        "SERVER_ERROR object too large for cache~",
        "ERROR~",
        "12 ~"
    };

    @Test
    void replies_damagedAndCut_giveTheSameOrAreRefused() {
        Mutants.feed(seeds(), INPUTS, ExchangeFuzz::fuzzerTestOneInput);
    }

    @Test
    void keptInputs_keepThePromises() {
        assertThat(Mutants.replay(ExchangeFuzz.class, ExchangeFuzz::fuzzerTestOneInput))
                .isPositive();
    }

    static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (char kind = 0; kind < KINDS; kind++) {
            for (String reply : REPLIES) {
                seeds.add((kind + reply.replace("~", "\r\n")).getBytes(ISO_8859_1));
            }
        }
        return seeds;
    }

    /** Writes the seeds of a target, for Jazzer: its class, a folder. */
    public static void main(String[] arguments) {
        Mutants.write(seeds(), Path.of(arguments[1]));
    }
}
