package io.larder.base;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Inputs for fuzz tests: seeds strung together and damaged. The same number gives the same inputs, so that a build checks the
 * same ones every time, on every machine.
 *
 * <p>{@code -Dlarder.fuzz.times=100} makes a hundred times as many; {@code -Dlarder.fuzz.number=7} makes others.
 */
public final class Mutants {
    private static final int SEEDS_MAX = 6;
    private static final int DAMAGES_MAX = 5;
    private static final int REPEATED_MAX = 40;
    private static final String[] NUMBERS = {
        "0",
        "1",
        "-1",
        "250",
        "251",
        "2047",
        "2048",
        "2049",
        "4294967295",
        "4294967296",
        "2147483647",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "1073741825"
    };

    private final List<byte[]> seeds;
    private final Random random;

    private Mutants(List<byte[]> seeds, long number) {
        this.seeds = seeds;
        this.random = new Random(number);
    }

    /** Hands the target that many damaged inputs; what it throws is told with the input. */
    public static void feed(List<byte[]> seeds, int inputs, Consumer<byte[]> target) {
        Mutants mutants = new Mutants(seeds, Long.getLong("larder.fuzz.number", 1));
        for (long left = (long) inputs * Integer.getInteger("larder.fuzz.times", 1); left > 0; left--) {
            give(mutants.next(), target);
        }
    }

    /** Hands a target the inputs that were kept for it: {@code scripts/fuzz keep}, a line of Base64 each, beside its class. */
    public static int replay(Class<?> owner, Consumer<byte[]> target) {
        try (InputStream in = owner.getResourceAsStream(owner.getSimpleName() + ".inputs")) {
            String[] lines = new String(in.readAllBytes(), US_ASCII).split("\n", 0);
            for (String line : lines) {
                give(Base64.getDecoder().decode(line), target);
            }
            return lines.length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes seeds as files, with a byte in front of each, for a fuzzer to begin with. */
    public static void write(List<byte[]> seeds, Path folder) {
        for (int i = 0; i < seeds.size(); i++) {
            byte[] seed = seeds.get(i);
            byte[] input = new byte[seed.length + 1];
            input[0] = (byte) (i % 8);
            System.arraycopy(seed, 0, input, 1, seed.length);
            try {
                Files.write(folder.resolve("seed-" + i), input);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void give(byte[] input, Consumer<byte[]> target) {
        try {
            target.accept(input);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw new AssertionError("input " + Arrays.toString(input), e);
        }
    }

    private byte[] next() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(random.nextInt()); // targets read from it how to cut the rest
        for (int i = random.nextInt(SEEDS_MAX); i >= 0; i--) {
            out.writeBytes(seeds.get(random.nextInt(seeds.size())));
        }
        byte[] input = out.toByteArray();
        for (int i = random.nextInt(DAMAGES_MAX); i > 0; i--) {
            input = damaged(input);
        }
        return input;
    }

    private byte[] damaged(byte[] input) {
        int at = random.nextInt(input.length);
        switch (random.nextInt(6)) {
            case 0 -> input[at] = (byte) random.nextInt();
            case 1 -> input[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                return spliced(input, at, at + random.nextInt(8), new byte[0]);
            }
            case 3 -> {
                byte[] number = NUMBERS[random.nextInt(NUMBERS.length)].getBytes(US_ASCII);
                return spliced(input, at, at + random.nextInt(3), number);
            }
            case 4 -> {
                byte[] part =
                        Arrays.copyOfRange(input, at, Math.min(input.length, at + 1 + random.nextInt(REPEATED_MAX)));
                return spliced(input, at, at, part);
            }
            default -> {
                return Arrays.copyOf(input, at + 1);
            }
        }
        return input;
    }

    private static byte[] spliced(byte[] input, int from, int to, byte[] between) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(input, 0, from);
        out.writeBytes(between);
        int rest = Math.min(to, input.length);
        out.write(input, rest, input.length - rest);
        return out.size() == 0 ? new byte[1] : out.toByteArray();
    }
}
