package io.larder.cli;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws 1 to n so that k comes up in proportion to 1/k: few keys are asked for most of the time, as in real traffic. */
final class Zipf {
    private final double[] cumulative;
    private final SplittableRandom random;

    Zipf(int n, long seed) {
        random = new SplittableRandom(seed);
        cumulative = new double[n];
        double sum = 0;
        for (int k = 1; k <= n; k++) {
            sum += 1.0 / k;
            cumulative[k - 1] = sum;
        }
    }

    int next() {
        double drawn = random.nextDouble() * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, drawn);
        return 1 + (found < 0 ? -found - 1 : found);
    }
}
