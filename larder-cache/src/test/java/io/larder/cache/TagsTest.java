package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Entries with tags and namespaces, in a store of the process and in one outside. */
class TagsTest {
    record User(long id, String name) {}

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore remote = new FakeByteStore(ticker);
    private final Store<?> local = new MemoryStoreProvider()
            .open("mem:?size=100000", new StoreContext(ticker, new FakeClock(ticker), Runnable::run));
    private final List<Object> loads = new ArrayList<>();
    private Runnable duringLoad = () -> {};

    static Stream<String> places() {
        return Stream.of("mem", "remote");
    }

    private Larder larder(String place) {
        LarderBuilder builder =
                Larder.builder().ticker(ticker).clock(new FakeClock(ticker)).random(() -> 0);
        return place.equals("mem")
                ? builder.store(local).open()
                : builder.store(remote).open();
    }

    private Cached<User, String> names(Larder larder) {
        return larder.cached("name:{id}", User.class, String.class, user -> {
                    loads.add(user.id());
                    duringLoad.run();
                    return user.name() + loads.size();
                })
                .ttl("10m")
                .tags("user:{id}", "letter:{name}", "all")
                .namespace("people")
                .build();
    }

    @ParameterizedTest
    @MethodSource("places")
    void invalidateTag_ofOneEntry_leavesTheOthers(String place) {
        Larder larder = larder(place);
        Cached<User, String> names = names(larder);
        User ada = new User(1, "A");
        User bob = new User(2, "B");
        names.get(ada);
        names.get(bob);

        larder.invalidateTag("user:1");

        assertThat(names.get(ada)).isEqualTo("A3");
        assertThat(names.get(bob)).isEqualTo("B2");
        assertThat(names.get(ada)).isEqualTo("A3");
    }

    @ParameterizedTest
    @MethodSource("places")
    void invalidateTag_ofMany_invalidatesAThousand(String place) {
        Larder larder = larder(place);
        Cached<User, String> names = names(larder);
        for (int i = 0; i < 1000; i++) {
            names.get(new User(i, "N"));
        }

        larder.invalidateTag("all");

        for (int i = 0; i < 1000; i++) {
            assertThat(names.peek(new User(i, "N"))).isInstanceOf(Lookup.Absent.class);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void invalidateTag_ofAThousandTags_eachHitsItsOwnEntry(String place) {
        Larder larder = larder(place);
        Cached<User, String> names = names(larder);
        for (int i = 0; i < 1000; i++) {
            names.get(new User(i, "N"));
        }
        for (int i = 0; i < 1000; i += 2) {
            larder.invalidateTag("user:" + i);
        }

        for (int i = 0; i < 1000; i++) {
            assertThat(names.peek(new User(i, "N")))
                    .isInstanceOf(i % 2 == 0 ? Lookup.Absent.class : Lookup.Fresh.class);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void invalidateTag_anyOfThirtyTwo_invalidates(String place) {
        Larder larder = larder(place);
        Cached<Long, Integer> values = larder.cached("v:{key}", Long.class, Integer.class, id -> {
                    loads.add(id);
                    return loads.size();
                })
                .ttl("10m")
                .tags(IntStream.range(0, 32).mapToObj(i -> "t" + i).toArray(String[]::new))
                .build();
        values.get(1L);
        for (int i = 0; i < 32; i++) {
            larder.invalidateTag("t" + i);
            assertThat(values.get(1L)).as("after t%d", i).isEqualTo(i + 2);
            assertThat(values.get(1L)).isEqualTo(i + 2);
        }
    }

    /** There is no index to take a removed entry out of: what is written anew depends on the tags of now. */
    @ParameterizedTest
    @MethodSource("places")
    void invalidateTag_afterTheEntryLostIt_leavesTheEntryAlone(String place) {
        Larder larder = larder(place);
        boolean[] tagged = {true};
        Cached<Long, String> values = larder.cachedWithContext("v:{key}", Long.class, String.class, (id, context) -> {
                    loads.add(id);
                    if (tagged[0]) {
                        context.tags("premium");
                    }
                    return "load " + loads.size();
                })
                .ttl("10m")
                .build();
        values.get(1L);
        values.invalidate(1L);
        tagged[0] = false;
        values.get(1L);

        larder.invalidateTag("premium");

        assertThat(values.get(1L)).isEqualTo("load 2");
    }

    /** A namespace or tag that is invalidated keeps nothing as stale; {@code expire} does. */
    @ParameterizedTest
    @MethodSource("places")
    void invalidateNamespace_withStale_keepsNothingForFailures(String place) {
        Larder larder = larder(place);
        Cached<Long, String> values = larder.cached("v:{key}", Long.class, String.class, id -> {
                    loads.add(id);
                    if (loads.size() > 1) {
                        throw new IllegalStateException("down");
                    }
                    return "v";
                })
                .ttl("10m")
                .stale("1h")
                .namespace("people")
                .build();
        values.get(1L);

        larder.invalidateNamespace("people");

        assertThatThrownBy(() -> values.get(1L)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @MethodSource("places")
    void invalidateNamespace_ofTheFunction_invalidatesAllOfIt(String place) {
        Larder larder = larder(place);
        Cached<User, String> names = names(larder);
        names.get(new User(1, "A"));

        larder.invalidateNamespace("pets");
        names.get(new User(1, "A"));
        assertThat(loads).hasSize(1);
        larder.invalidateNamespace("people");
        names.get(new User(1, "A"));

        assertThat(loads).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("places")
    void invalidateTag_whileItLoads_theValueIsNotServedLater(String place) {
        Larder larder = larder(place);
        Cached<User, String> names = names(larder);
        duringLoad = () -> {
            duringLoad = () -> {};
            larder.invalidateTag("user:1");
        };

        assertThat(names.get(new User(1, "A"))).isEqualTo("A1");

        assertThat(names.get(new User(1, "A"))).isEqualTo("A2");
    }

    @Test
    void invalidateTag_byAnotherProcessWhileItLoads_theValueIsNotServedLater() {
        Cached<User, String> names = names(larder("remote"));
        try (Larder other = larder("remote")) {
            duringLoad = () -> {
                duringLoad = () -> {};
                other.invalidateTag("user:1");
            };
            names.get(new User(1, "A"));
        }

        assertThat(names.peek(new User(1, "A"))).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @MethodSource("places")
    void get_markerLost_isAMissAndNeverStale(String place) {
        Larder larder = larder(place);
        Cached<User, String> names = names(larder);
        names.get(new User(1, "A"));
        larder.invalidateTag("user:1");
        names.get(new User(1, "A"));

        (place.equals("mem") ? local : remote).remove("~tag:user:1");

        assertThat(names.get(new User(1, "A"))).isEqualTo("A3");
        assertThat(names.get(new User(1, "A"))).isEqualTo("A3");
    }

    @Test
    void get_entryWrittenWithoutTheTag_isAMiss() {
        Larder larder = larder("remote");
        Cached<User, String> bare = larder.cached("name:{id}", User.class, String.class, User::name)
                .ttl("10m")
                .build();
        bare.get(new User(1, "old"));

        assertThat(names(larder).get(new User(1, "A"))).isEqualTo("A1");
        assertThat(bare.get(new User(1, "x"))).isEqualTo("A1");
    }

    @Test
    void get_storeOfTheTagsDown_answersFromTheLoader() {
        Cached<User, String> names = names(larder("remote"));
        names.get(new User(1, "A"));
        remote.down(true);

        assertThat(names.get(new User(1, "A"))).isEqualTo("A2");

        assertThat(names.stats().unavailable()).isEqualTo(1);
    }

    @Test
    void tags_ofAnArgument_areThoseToInvalidateBy() {
        Larder larder = larder("mem");
        Cached<User, String> names = names(larder);
        User odd = new User(1, "a:b é");
        names.get(odd);

        assertThat(names.tags(odd)).containsExactly("user:1", "letter:a%3Ab%20%C3%A9", "all");
        larder.invalidateTag(names.tags(odd).get(1));

        assertThat(names.peek(odd)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void invalidate_rawText_isRefusedWithWhatToWrite() {
        Larder larder = larder("remote");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.invalidateTag("user:Jane Doe"))
                .withMessage("tag \"user:Jane Doe\" has the character U+0020, which no key has;"
                        + " write it as tags(k) gives it, with %XX for such characters");
        assertThatIllegalArgumentException().isThrownBy(() -> larder.invalidateTag("user:\u00e9"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.invalidateNamespace("a\nb"))
                .withMessageStartingWith("namespace \"a");
        assertThat(larder.health().get(0).missedRemovals()).isZero();
    }

    @Test
    void get_negativeEntryWithTag_isInvalidatedWithIt() {
        Larder larder = larder("remote");
        Cached<Long, String> failing = larder.cached("f:{key}", Long.class, String.class, id -> {
                    loads.add(id);
                    throw new IllegalStateException("none");
                })
                .ttl("10m")
                .negative(IllegalStateException.class, "5m")
                .tags("all")
                .build();
        for (int i = 0; i < 2; i++) {
            assertThat(failing(failing)).isEqualTo("none");
        }
        assertThat(loads).hasSize(1);

        larder.invalidateTag("all");
        assertThat(failing(failing)).isEqualTo("none");

        assertThat(loads).hasSize(2);
    }

    private static String failing(Cached<Long, String> function) {
        try {
            return function.get(1L);
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void expire_withStale_isKeptForFailuresAndReloaded() {
        for (String place : places().toList()) {
            Larder larder = larder(place);
            boolean[] down = {false};
            Cached<Long, String> values = larder.cached("v:{key}", Long.class, String.class, id -> {
                        if (down[0]) {
                            throw new IllegalStateException("down");
                        }
                        loads.add(id);
                        return "load " + loads.size();
                    })
                    .ttl("10m")
                    .stale("1h")
                    .tags("all")
                    .build();
            String first = values.get(1L);

            values.expire(1L);
            down[0] = true;
            assertThat(values.peek(1L)).isInstanceOf(Lookup.Stale.class);
            assertThat(values.get(1L)).as("served while the loader fails").isEqualTo(first);
            down[0] = false;
            ticker.advance(Duration.ofSeconds(2));

            assertThat(values.get(1L)).isNotEqualTo(first);
            values.expire(2L);
            assertThat(values.peek(2L)).isInstanceOf(Lookup.Absent.class);
        }
    }

    @Test
    void expire_withoutStale_isForgotten() {
        Cached<User, String> names = names(larder("mem"));
        names.get(new User(1, "A"));

        names.expire(new User(1, "A"));

        assertThat(names.peek(new User(1, "A"))).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void build_tagsThatCannotWork_areRefused() {
        Larder larder = larder("mem");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("v:{key}", Long.class, String.class, String::valueOf)
                        .ttl("1m")
                        .tags("user:{user}")
                        .build())
                .withMessage("tag \"user:{user}\" uses {user}, names are [key]; known: key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("v:{key}", Long.class, String.class, String::valueOf)
                        .ttl("1m")
                        .tags(IntStream.range(0, 33).mapToObj(i -> "t" + i).toArray(String[]::new))
                        .build())
                .withMessage("an entry has at most 32 tags, these are 33; leave some out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("v:{key}", Long.class, String.class, String::valueOf)
                        .ttl("1m")
                        .namespace("n:{key}")
                        .build())
                .withMessage(
                        "namespace \"n:{key}\" depends on the argument; a namespace is one name, use a tag instead");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("~v:{key}", Long.class, String.class, String::valueOf)
                        .ttl("1m")
                        .build())
                .withMessage("key template \"~v:{key}\" begins with ~, as Larder's own entries do;"
                        + " begin with a name, like account:{key}");
    }
}
