package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.annotation.CachedAll;
import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loaders that find the context of their load in their thread. */
class LoadingTest {
    enum Where {
        MEMORY,
        BYTES
    }

    interface Accounts {
        @io.larder.cache.annotation.Cached(key = "account:{id}", ttl = "10m", stale = "1h", hardTimeout = "1h")
        String account(long id);

        @io.larder.cache.annotation.Cached(key = "report:{id}", ttl = "10m")
        String report(long id);

        @io.larder.cache.annotation.Cached(key = "later:{id}", ttl = "10m")
        CompletableFuture<String> later(long id);

        @CachedAll(key = "account:{ids}", ttl = "10m", stale = "1h", tags = "all")
        List<String> accounts(List<Long> ids);
    }

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final List<Larder> opened = new ArrayList<>();
    private int loads;

    private Larder larder(Where where) {
        LarderBuilder builder =
                Larder.builder().ticker(ticker).clock(new FakeClock(ticker)).random(() -> 0);
        Larder larder = where == Where.MEMORY
                ? builder.open()
                : builder.store((Store<?>) bytes).open();
        opened.add(larder);
        return larder;
    }

    @AfterEach
    void close() {
        opened.forEach(Larder::close);
    }

    /** The owner of an account is its number modulo two, which only who loads it knows. */
    private class Dao implements Accounts {
        private @Nullable Accounts proxy;
        CompletableFuture<String> answer = new CompletableFuture<>();
        Runnable meanwhile = () -> {};

        Accounts behind(Larder larder) {
            Accounts made = larder.proxy(Accounts.class, this);
            proxy = made;
            return made;
        }

        @Override
        public String account(long id) {
            meanwhile.run();
            LoadContext.current().tags("owner:" + id % 2);
            return "load " + ++loads;
        }

        @Override
        public String report(long id) {
            LoadContext<?> mine = LoadContext.current();
            String account = proxy == null ? "" : proxy.account(id);
            assertThat(LoadContext.current()).isSameAs(mine);
            mine.tags("reports");
            return account;
        }

        @Override
        public CompletableFuture<String> later(long id) {
            LoadContext<?> context = LoadContext.current();
            loads++;
            return answer.thenApply(value -> {
                context.tags("owner:" + id % 2);
                return value;
            });
        }

        @Override
        public List<String> accounts(List<Long> ids) {
            meanwhile.run();
            return ids.stream()
                    .map(id -> {
                        LoadContext.currentOf(id).tags("owner:" + id % 2, "some");
                        return "load " + ++loads;
                    })
                    .toList();
        }
    }

    private final Dao dao = new Dao();

    @ParameterizedTest
    @EnumSource
    void current_annotatedMethod_tagsItsEntry(Where where) {
        Larder larder = larder(where);
        Accounts accounts = dao.behind(larder);
        accounts.account(1);
        accounts.account(2);

        larder.invalidateTag("owner:1");

        assertThat(accounts.account(1)).isEqualTo("load 3");
        assertThat(accounts.account(2)).isEqualTo("load 2");
    }

    @ParameterizedTest
    @EnumSource
    void current_aLoadWithinALoad_isTheInnermost(Where where) {
        Larder larder = larder(where);
        Accounts accounts = dao.behind(larder);
        assertThat(accounts.report(1)).isEqualTo("load 1");

        larder.invalidateTag("owner:1");
        assertThat(accounts.report(1)).isEqualTo("load 1");

        larder.invalidateTag("reports");
        assertThat(accounts.report(1)).isEqualTo("load 2");
        assertThat(LoadContext.isLoading()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void current_methodThatAnswersLater_isUsedUntilItsFutureIsComplete(Where where) {
        Larder larder = larder(where);
        Accounts accounts = dao.behind(larder);
        CompletableFuture<String> first = accounts.later(1);
        dao.answer.complete("a");
        assertThat(first.join()).isEqualTo("a");
        assertThat(accounts.later(1).join()).isEqualTo("a");
        assertThat(loads).isEqualTo(1);

        larder.invalidateTag("owner:1");

        assertThat(accounts.later(1).join()).isEqualTo("a");
        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void currentOf_listMethod_tagsEachElement(Where where) {
        Larder larder = larder(where);
        Accounts accounts = dao.behind(larder);
        accounts.accounts(List.of(1L, 2L, 3L));

        larder.invalidateTag("owner:1");
        assertThat(accounts.accounts(List.of(1L, 2L, 3L))).containsExactly("load 4", "load 2", "load 5");

        larder.invalidateTag("all");
        assertThat(accounts.accounts(List.of(2L))).containsExactly("load 6");
    }

    @ParameterizedTest
    @EnumSource
    void currentOf_invalidatedWhileTheLoadRuns_keepsThatElementOut(Where where) {
        Larder larder = larder(where);
        Accounts accounts = dao.behind(larder);
        dao.meanwhile = () -> larder.invalidateTag("owner:1");

        accounts.accounts(List.of(1L, 2L));

        dao.meanwhile = () -> {};
        assertThat(accounts.accounts(List.of(1L, 2L))).containsExactly("load 3", "load 2");
    }

    @Test
    void currentOf_tagOfManyArguments_isAskedForOnce() {
        Accounts accounts = dao.behind(larder(Where.BYTES));
        accounts.accounts(List.of(1L));
        int before = bytes.finds();

        accounts.accounts(List.of(2L, 4L, 6L, 8L, 10L));
        int even = bytes.finds() - before;
        accounts.accounts(List.of(3L, 5L, 7L, 9L, 11L, 13L, 15L, 17L));
        int odd = bytes.finds() - before - even;

        assertThat(odd).as("three keys more, and no tag").isEqualTo(even + 3);
    }

    private CachedSpec<Long, String> bulk(Larder larder) {
        return larder.cachedAll("bulk:{key}", Long.class, String.class, this::loadAll)
                .ttl("10m");
    }

    private Map<Long, String> loadAll(Collection<Long> ids) {
        Map<Long, String> values = new TreeMap<>();
        for (long id : ids) {
            LoadContext.currentOf(id).tags("id:" + id);
            if (id > 9) {
                LoadContext.currentOf(id).ttl(Duration.ofSeconds(1));
            }
            values.put(id, "load " + ++loads);
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void currentOf_functionOfMany_saysTagsAndTtlOfEach(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> cached = bulk(larder).build();
        cached.getAll(List.of(1L, 2L, 10L));
        assertThat(cached.get(3L)).isEqualTo("load 4");
        ticker.advance(Duration.ofSeconds(2));

        larder.invalidateTag("id:2");
        larder.invalidateTag("id:3");

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(cached.get(2L)).isEqualTo("load 5");
        assertThat(cached.get(3L)).isEqualTo("load 6");
        assertThat(cached.get(10L)).isEqualTo("load 7");
    }

    @Test
    void currentOf_getsThatAreMerged_saysTagsOfEach() {
        Larder larder = larder(Where.MEMORY);
        Cached<Long, String> cached = bulk(larder).coalesce("1ms", 2).build();
        assertThat(cached.get(1L)).isEqualTo("load 1");

        larder.invalidateTag("id:1");

        assertThat(cached.get(1L)).isEqualTo("load 2");
    }

    @ParameterizedTest
    @EnumSource
    void as_typeOfTheValue_letsItAnswerNotModified(Where where) {
        Larder larder = larder(where);
        Cached<Long, Optional<String>> cached = larder.cached(
                        "n:{key}", TypeRef.of(Long.class), new TypeRef<Optional<String>>() {}, id -> {
                            LoadContext<Optional<String>> context =
                                    LoadContext.current().as(new TypeRef<Optional<String>>() {});
                            return context.found() instanceof Lookup.Absent<Optional<String>>
                                    ? Optional.of("load " + ++loads)
                                    : context.notModified();
                        })
                .ttl("10m")
                .stale("1h")
                .build();
        cached.get(1L);
        ticker.advance(Duration.ofMinutes(11));

        assertThat(cached.get(1L)).contains("load 1");
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Fresh.class);
    }

    @Test
    void current_nothingIsStored_takesWhatItIsTold() {
        Larder larder = larder(Where.MEMORY);
        Accounts accounts = dao.behind(larder);
        Cached<Long, String> bulk = bulk(larder).build();
        larder.switchOff(true);

        assertThat(accounts.account(1)).isEqualTo("load 1");
        assertThat(accounts.accounts(List.of(1L, 2L))).containsExactly("load 2", "load 3");
        assertThat(bulk.getAll(List.of(1L, 2L))).hasSize(2);
        assertThat(bulk.bypass(1L)).isEqualTo("load 6");
        assertThat(larder.stores().get(0).entries()).isZero();
    }

    @Test
    void current_outsideALoad_isRefused() {
        String advice =
                " outside a load; call it in the code behind a cached method or function, in the thread that was"
                        + " called, or ask LoadContext.isLoading() before";
        Larder larder = larder(Where.MEMORY);
        Accounts accounts = dao.behind(larder);

        assertThatThrownBy(() -> dao.account(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("LoadContext.current()" + advice);
        assertThatThrownBy(() -> dao.accounts(List.of(1L)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("LoadContext.currentOf(argument)" + advice);
        Cached<Long, String> elsewhere = larder.cached("e:{key}", Long.class, String.class, id -> {
                    assertThat(LoadContext.isLoading()).isTrue();
                    return CompletableFuture.supplyAsync(() -> dao.account(id)).join();
                })
                .ttl("1m")
                .build();
        assertThatThrownBy(() -> elsewhere.get(1L))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("LoadContext.current()" + advice);
        assertThatThrownBy(() -> accounts.report(1L).concat(dao.report(1L)))
                .hasMessage("LoadContext.current()" + advice);
    }

    @Test
    void current_ofManyOrOfOne_isRefusedForTheOther() {
        Larder larder = larder(Where.MEMORY);
        Cached<Long, String> one = larder.cached("one:{key}", Long.class, String.class, id -> {
                    LoadContext.currentOf(id).tags("x");
                    return "";
                })
                .ttl("1m")
                .build();
        Cached<Long, String> many = larder.cachedAll("many:{key}", Long.class, String.class, (Collection<Long> ids) -> {
                    LoadContext.current().tags("x");
                    return Map.<Long, String>of();
                })
                .ttl("1m")
                .build();
        Cached<Long, String> other = larder.cachedAll(
                        "other:{key}", Long.class, String.class, (Collection<Long> ids) -> {
                            LoadContext.currentOf(7).tags("x");
                            return Map.<Long, String>of();
                        })
                .ttl("1m")
                .build();

        assertThatThrownBy(() -> one.get(7L)).hasMessage("this load is of one argument; write LoadContext.current()");
        assertThatThrownBy(() -> many.get(7L))
                .hasMessage("this load is of many arguments, each with a context of its own;"
                        + " write LoadContext.currentOf(argument)");
        assertThatThrownBy(() -> other.getAll(List.of(7L, 8L))) // 7 is an Integer
                .hasMessage("currentOf was given none of the 2 arguments of this load;"
                        + " write one that the loader was called with");
    }

    @Test
    void as_anotherType_isRefused() {
        Cached<Long, String> cached = larder(Where.MEMORY)
                .cached(
                        "n:{key}",
                        Long.class,
                        String.class,
                        id -> LoadContext.current()
                                .as(Integer.class)
                                .notModified()
                                .toString())
                .ttl("1m")
                .build();

        assertThatThrownBy(() -> cached.get(1L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the value being loaded is a String, not a Integer;"
                        + " write the type of the value that the method declares");
    }

    @Test
    void tags_afterTheLoad_areRefused() {
        List<LoadContext<?>> kept = new ArrayList<>();
        Larder larder = larder(Where.MEMORY);
        Cached<Long, String> one = larder.cached("one:{key}", Long.class, String.class, id -> {
                    kept.add(LoadContext.current());
                    return "";
                })
                .ttl("1m")
                .build();
        Cached<Long, String> many = larder.cachedAll("many:{key}", Long.class, String.class, (Collection<Long> ids) -> {
                    kept.add(LoadContext.currentOf(1L));
                    return Map.<Long, String>of();
                })
                .ttl("1m")
                .build();
        one.get(1L);
        one.bypass(1L);
        many.getAll(List.of(1L));
        many.get(1L);
        many.refresh(1L);

        assertThat(kept).hasSize(4).allSatisfy(context -> {
            String message = "the load has ended, so its entry takes no more tags and no TTL;"
                    + " name them before the value is returned";
            assertThatThrownBy(() -> context.tags("late"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> context.ttl(Duration.ofSeconds(1))).hasMessage(message);
        });
    }

    @Test
    void current_loaderOfAStream_isRefusedWithinALoadToo() {
        Larder larder = larder(Where.MEMORY);
        CachedStream<Long, String> rows = larder.cachedStream(
                        "rows:{key}", Long.class, new TypeRef<List<String>>() {}, id -> {
                            assertThat(LoadContext.isLoading()).isFalse();
                            return Stream.of("a");
                        })
                .ttl("1m")
                .build();
        Cached<Long, Long> counts = larder.cached("count:{key}", Long.class, Long.class, id -> {
                    try (Stream<String> stream = rows.open(id)) {
                        return stream.toList().size() + 0L;
                    }
                })
                .ttl("1m")
                .build();

        assertThat(counts.get(1L)).isEqualTo(1);
    }
}
