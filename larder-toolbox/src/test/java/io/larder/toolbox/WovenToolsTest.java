package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.weave.Weaver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The annotations on private and static methods that an object calls on itself. */
class WovenToolsTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .store(store)
            .open();

    private static final class Loader extends ClassLoader {
        Loader() {
            super(WovenToolsTest.class.getClassLoader());
        }

        Class<?> woven(Class<?> type) throws IOException {
            try (InputStream in = Objects.requireNonNull(
                    type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class"))) {
                byte[] woven = Objects.requireNonNull(new Weaver().weave(in.readAllBytes()));
                return defineClass(type.getName(), woven, 0, woven.length);
            }
        }
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    @SuppressWarnings("unchecked")
    void woven_limitsAndLocks_holdForCallsOfAnObjectToItself() throws Exception {
        Class<?> type = new Loader().woven(Desk.class);
        Function<String, String> desk =
                (Function<String, String>) type.getConstructor().newInstance();
        assertThatIllegalStateException()
                .isThrownBy(() -> desk.apply("order"))
                .withMessage(
                        "Desk.bill(String) was called before its class was bound, and does more than cache; call larder.bind(Desk.class) first, in tests with Larder.open(\"mem:\")");

        larder.bind(type);

        assertThat(desk.apply("search a")).isEqualTo("found search a");
        assertThat(desk.apply("search a")).isEqualTo("found search a");
        assertThatThrownBy(() -> desk.apply("search a")).isInstanceOf(RateLimitedException.class);
        assertThat(desk.apply("order")).isEqualTo("billed order");
        try (Held held = Toolbox.over(larder)
                .lock("job:{key}", String.class, LockPolicy.lease("10s"))
                .acquire("order")) {
            assertThat(held.remaining()).isPositive();
            assertThatThrownBy(() -> desk.apply("order")).isInstanceOf(LockNotAcquiredException.class);
        }
        assertThat(desk.apply("order")).isEqualTo("billed order");
    }

    @Test
    @SuppressWarnings("unchecked")
    void woven_breaker_holdsForCallsOfAnObjectToItself() throws Exception {
        Class<?> type = new Loader().woven(Desk.class);
        Function<String, String> desk =
                (Function<String, String>) type.getConstructor().newInstance();
        larder.bind(type);
        assertThat(desk.apply("rate up")).isEqualTo("rate of rate up");

        assertThatThrownBy(() -> desk.apply("rate down")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> desk.apply("rate down")).isInstanceOf(UncheckedIOException.class);

        assertThatThrownBy(() -> desk.apply("rate down")).isInstanceOf(CircuitOpenException.class);
        assertThat(desk.apply("rate up")).isEqualTo("rate of rate up");
        assertThat(Toolbox.over(larder)
                        .circuitBreaker("bank:{key}", String.class, BreakerPolicy.lastCalls(2))
                        .state("rate down"))
                .isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void bind_whatCannotWork_isRefused() throws Exception {
        Class<?> type = new Loader().woven(WrongDesk.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.bind(type))
                .withMessageStartingWith("@SharedLock on WrongDesk.bill(): ")
                .withMessageContaining("nobody");
    }
}
