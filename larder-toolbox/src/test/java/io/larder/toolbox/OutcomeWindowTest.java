package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

class OutcomeWindowTest {
    private static final List<BreakerPolicy.Window> WINDOWS = List.of(
            new BreakerPolicy.Window(1, Duration.ZERO),
            new BreakerPolicy.Window(7, Duration.ZERO),
            new BreakerPolicy.Window(16, Duration.ZERO),
            new BreakerPolicy.Window(0, Duration.ofMillis(100)));

    /** A call: how many ms after the one before, and how it ended. */
    record Call(int afterMillis, boolean failed, boolean slow) {}

    @Provide
    Arbitrary<List<Call>> calls() {
        Arbitrary<Integer> pauses = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.integers().between(0, 20)),
                Tuple.of(1, Arbitraries.integers().between(0, 300)));
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        return Combinators.combine(pauses, either, either).as(Call::new).list().ofMaxSize(60);
    }

    private static long addTo(OutcomeWindow window, List<Call> calls, long from) {
        long now = from;
        for (Call call : calls) {
            now += call.afterMillis();
            window.add(now, call.failed(), call.slow());
        }
        return now;
    }

    private static List<Integer> sums(OutcomeWindow window, long now) {
        window.advance(now);
        return List.of(window.calls(), window.failed(), window.slow());
    }

    @Property
    void write_andRead_isTheSame(
            @ForAll("calls") List<Call> before,
            @ForAll("calls") List<Call> after,
            @ForAll @IntRange(min = 0, max = 3) int which) {
        OutcomeWindow one = OutcomeWindow.of(WINDOWS.get(which));
        OutcomeWindow two = OutcomeWindow.of(WINDOWS.get(which));
        long now = addTo(one, before, 1000);
        ByteBuffer bytes = ByteBuffer.allocate(one.byteCount());
        one.write(bytes);
        assertThat(bytes.hasRemaining()).isFalse();

        two.read(bytes.flip());

        assertThat(sums(two, now)).isEqualTo(sums(one, now));
        long end = addTo(one, after, now);
        addTo(two, after, now);
        assertThat(sums(two, end)).isEqualTo(sums(one, end));
    }

    @Property
    void addAll_ofWhatCameAfter_isAsIfAddedOneByOne(
            @ForAll("calls") List<Call> before,
            @ForAll("calls") List<Call> after,
            @ForAll @IntRange(min = 0, max = 3) int which) {
        OutcomeWindow whole = OutcomeWindow.of(WINDOWS.get(which));
        OutcomeWindow first = OutcomeWindow.of(WINDOWS.get(which));
        OutcomeWindow second = OutcomeWindow.of(WINDOWS.get(which));
        long middle = addTo(first, before, 1000);
        long end = addTo(second, after, middle);
        addTo(whole, after, addTo(whole, before, 1000));

        first.addAll(second);

        assertThat(sums(first, end)).isEqualTo(sums(whole, end));
    }

    /** Bytes of a cell come from elsewhere. */
    @Property
    void read_anyBytes_goesOn(
            @ForAll byte[] noise, @ForAll("calls") List<Call> after, @ForAll @IntRange(min = 0, max = 3) int which) {
        OutcomeWindow window = OutcomeWindow.of(WINDOWS.get(which));
        byte[] bytes = new byte[window.byteCount()];
        for (int i = 0; i < bytes.length && noise.length > 0; i++) {
            bytes[i] = noise[i % noise.length];
        }

        window.read(ByteBuffer.wrap(bytes));

        long end = addTo(window, after, 1_000_000);
        window.add(end + 10_000, true, true);
        assertThat(window.failed()).isBetween(1, window.calls());
        assertThat(window.slow()).isBetween(1, window.calls());
    }
}
