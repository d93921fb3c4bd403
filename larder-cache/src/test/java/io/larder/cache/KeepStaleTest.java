package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.FakeTicker;
import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.Invalidates;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A writer that expires what a reader with tags has cached: it knows the reader's key, not its tags. */
class KeepStaleTest {
    enum Where {
        MEMORY,
        BYTES,
        TIERED
    }

    record User(long id, String team) {}

    interface Reader {
        @Cached(key = "report:{user.id}", ttl = "10m", stale = "1h", tags = "team:{user.team}", namespace = "reports")
        String report(User user);

        @Cached(key = "page:{user.id}", ttl = "10m", tags = "team:{user.team}")
        String page(User user);
    }

    interface Writer {
        @Invalidates(value = "Reader#report", map = "user=author", keepStale = true)
        void suspect(User author);

        @Invalidates(value = "Reader#page", map = "user=author", keepStale = true)
        void rewrite(User author);
    }

    interface Vague {
        @Invalidates(value = "Reader#report", tags = "team:{user.team}", keepStale = true)
        void suspect(User user);
    }

    interface Vaguer {
        @Invalidates(namespaces = "reports", keepStale = true)
        void suspect(User user);
    }

    private static final User ADA = new User(1, "red");
    private static final User BOB = new User(2, "red");

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final List<Larder> opened = new ArrayList<>();
    private final List<User> loads = new ArrayList<>();
    private boolean isDown;

    private Larder larder(Where where) {
        LarderBuilder builder = Larder.builder()
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0)
                .loadExecutor(Runnable::run);
        switch (where) {
            case MEMORY -> builder.url("mem:");
            case BYTES -> builder.store((Store<?>) bytes);
            case TIERED ->
                builder.url("tiered:mem:,fake:").provider(new StoreProvider() {
                    @Override
                    public String scheme() {
                        return "fake";
                    }

                    @Override
                    public Store<?> open(String url, io.larder.cache.spi.StoreContext context) {
                        return bytes;
                    }
                });
        }
        Larder larder = builder.open();
        opened.add(larder);
        return larder;
    }

    private Reader reader(Larder larder) {
        return larder.proxy(Reader.class, new Reader() {
            @Override
            public String report(User user) {
                loads.add(user);
                if (isDown) {
                    throw new IllegalStateException("down");
                }
                return "load " + loads.size();
            }

            @Override
            public String page(User user) {
                return report(user);
            }
        });
    }

    private static Writer writer(Larder larder) {
        return larder.proxy(Writer.class, new Writer() {
            @Override
            public void suspect(User author) {}

            @Override
            public void rewrite(User author) {}
        });
    }

    @AfterEach
    void close() {
        opened.forEach(Larder::close);
    }

    @ParameterizedTest
    @EnumSource
    void keepStale_readerWithTags_isServedWhileTheLoadFailsAndThenLoaded(Where where) {
        Larder larder = larder(where);
        Writer writer = writer(larder); // before the reader: the order of proxies is nobody's concern
        Reader reader = reader(larder);
        reader.report(ADA);
        reader.report(BOB);

        writer.suspect(ADA);
        isDown = true;

        assertThat(reader.report(ADA)).isEqualTo("load 1");
        assertThat(loads).hasSize(3);
        isDown = false;
        ticker.advance(Duration.ofSeconds(2));
        assertThat(reader.report(ADA)).isEqualTo("load 4");
        assertThat(reader.report(BOB)).isEqualTo("load 2");
    }

    @ParameterizedTest
    @EnumSource
    void invalidateTag_afterKeepStale_forgetsTheStaleValue(Where where) {
        Larder larder = larder(where);
        Reader reader = reader(larder);
        reader.report(ADA);
        writer(larder).suspect(ADA);
        assertThat(found(reader, "report")).isInstanceOf(Lookup.Stale.class);

        larder.invalidateTag("team:red");

        assertThat(found(reader, "report")).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void keepStale_afterTheTagWasInvalidated_bringsNothingBack(Where where) {
        Larder larder = larder(where);
        Reader reader = reader(larder);
        reader.report(ADA);

        larder.invalidateNamespace("reports");
        writer(larder).suspect(ADA);

        assertThat(found(reader, "report")).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void keepStale_readerThatKeepsNothingStale_forgets(Where where) {
        Larder larder = larder(where);
        Reader reader = reader(larder);
        reader.page(ADA);

        writer(larder).rewrite(ADA);

        assertThat(found(reader, "page")).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void proxy_keepStaleOfTagsAndNamespaces_isRefused(Where where) {
        for (Class<?> api : List.of(Vague.class, Vaguer.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> proxyOfNothing(larder(where), api))
                    .withMessage(
                            "@Invalidates on %s.suspect(User): keepStale keeps what one method has read, but tags and"
                                            .formatted(api.getSimpleName())
                                    + " namespaces forget; write them in an @Invalidates of their own");
        }
    }

    @ParameterizedTest
    @EnumSource
    void functions_writerBeforeReader_tellTheNamespace(Where where) {
        Larder larder = larder(where);
        Writer unused = writer(larder);

        assertThat(larder.functions())
                .filteredOn(function -> function.function().startsWith("report"))
                .extracting(FunctionStats::namespace)
                .containsExactly("reports");
    }

    private static <T> void proxyOfNothing(Larder larder, Class<T> api) {
        T unused = larder.proxy(
                api,
                api.cast(java.lang.reflect.Proxy.newProxyInstance(
                        api.getClassLoader(), new Class<?>[] {api}, (proxy, method, arguments) -> null)));
    }

    private static Lookup<?> found(Reader reader, String method) {
        return Larder.cachedOf(reader, method).peek(ADA);
    }
}
