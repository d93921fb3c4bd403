package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachedProxyTest {
    record User(long id, String name) {}

    interface Accounts {
        @io.larder.cache.annotation.Cached(key = "account:{user.id}:{accountId}", ttl = "10m", jitter = 0)
        String account(User user, long accountId);

        @io.larder.cache.annotation.Cached(ttl = "1m")
        @Nullable
        String name(long id) throws IOException;

        @io.larder.cache.annotation.Cached(ttl = "1m")
        int count();

        @io.larder.cache.annotation.Cached(ttl = "1m")
        String find(long id);

        @io.larder.cache.annotation.Cached(ttl = "1m")
        String find(String name);

        @io.larder.cache.annotation.Cached(key = "by-position:{arg1}:{arg0}", ttl = "forever")
        default List<String> both(String first, @Nullable String second) {
            return List.of(first, String.valueOf(second), uncached("x"));
        }

        String uncached(String text);
    }

    private int calls;
    private final FakeTicker ticker = new FakeTicker();
    private final Larder larder = Larder.builder().ticker(ticker).open();
    private final Accounts accounts = larder.proxy(Accounts.class, new Dao());

    private final class Dao implements Accounts {
        @Override
        public String account(User user, long accountId) {
            return user.name() + accountId + "#" + ++calls;
        }

        @Override
        public @Nullable String name(long id) throws IOException {
            calls++;
            if (id < 0) {
                throw new IOException("no connection");
            }
            return null;
        }

        @Override
        public int count() {
            return ++calls;
        }

        @Override
        public String find(long id) {
            return "id" + ++calls;
        }

        @Override
        public String find(String name) {
            return "name" + ++calls;
        }

        @Override
        public String uncached(String text) {
            return text + ++calls;
        }

        @Override
        public String toString() {
            return "the dao";
        }
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void call_twice_callsTheTargetOnce() {
        User ann = new User(7, "Ann");

        assertThat(accounts.account(ann, 42)).isEqualTo("Ann42#1");
        assertThat(accounts.account(new User(7, "renamed"), 42)).isEqualTo("Ann42#1");
        assertThat(accounts.account(ann, 43)).isEqualTo("Ann43#2");
        ticker.advance(Duration.ofMinutes(10));
        assertThat(accounts.account(ann, 42)).isEqualTo("Ann42#3");
    }

    @Test
    void call_nullResult_isCached() throws IOException {
        assertThat(accounts.name(1)).isNull();
        assertThat(accounts.name(1)).isNull();

        assertThat(calls).isEqualTo(1);
    }

    @Test
    void call_checkedException_comesOutAsItself() {
        assertThatThrownBy(() -> accounts.name(-1))
                .isInstanceOf(IOException.class)
                .hasMessage("no connection");
        assertThatThrownBy(() -> accounts.name(-1)).isInstanceOf(IOException.class);

        assertThat(calls).isEqualTo(2);
    }

    @Test
    void call_noArguments_isCached() {
        assertThat(accounts.count()).isEqualTo(1);
        assertThat(accounts.count()).isEqualTo(1);
    }

    @Test
    void call_withoutAnnotation_reachesTheTarget() {
        assertThat(accounts.uncached("x")).isEqualTo("x1");
        assertThat(accounts.uncached("x")).isEqualTo("x2");
    }

    @Test
    void call_overloads_haveKeysOfTheirOwn() {
        assertThat(accounts.find(7)).isEqualTo("id1");
        assertThat(accounts.find("7")).isEqualTo("name2");
        assertThat(accounts.find(7)).isEqualTo("id1");

        assertThat(Larder.cachedOf(accounts, "find", long.class).key(7L)).isEqualTo("Accounts.find(long):7");
        assertThat(Larder.cachedOf(accounts, "name").key(7L)).isEqualTo("Accounts.name:7");
        assertThat(Larder.cachedOf(accounts, "count").key(Arguments.of())).isEqualTo("Accounts.count");
    }

    interface ByPosition {
        @io.larder.cache.annotation.Cached(key = "account:{arg0.id}:{arg1}", ttl = "10m", jitter = 0)
        String account(User user, long accountId);
    }

    record AccountOf(User user, long accountId) {}

    @Test
    void key_byNameByPositionByRecordOrByHandle_isTheSame() {
        User ann = new User(7, "Ann");
        try (Larder other = Larder.open("mem:")) {
            ByPosition byPosition = other.proxy(ByPosition.class, (user, id) -> "");
            Cached<AccountOf, String> byRecord = other.cached(
                            "account:{user.id}:{accountId}", AccountOf.class, String.class, of -> "")
                    .ttl("10m")
                    .build();

            assertThat(Larder.cachedOf(byPosition, "account").key(Arguments.of(ann, 42L)))
                    .isEqualTo(byRecord.key(new AccountOf(ann, 42)))
                    .isEqualTo(Larder.cachedOf(accounts, "account").key(Arguments.of(ann, 42L)))
                    .isEqualTo("account:7:42");
        }
    }

    @Test
    void call_defaultMethodWithNull_isCached() {
        assertThat(accounts.both("a", null)).containsExactly("a", "null", "x1");
        assertThat(accounts.both("a", null)).containsExactly("a", "null", "x1");

        assertThat(Larder.cachedOf(accounts, "both").key(Arguments.of("a", null)))
                .isEqualTo("by-position:~:a");
    }

    @Test
    void cachedOf_severalArguments_isTheFunctionBehindTheMethod() {
        User ann = new User(7, "Ann");
        String first = accounts.account(ann, 42);
        Cached<@Nullable Object, @Nullable Object> function = Larder.cachedOf(accounts, "account");

        assertThat(function.get(Arguments.of(ann, 42L))).isEqualTo(first);
        function.invalidate(Arguments.of(ann, 42L));

        assertThat(accounts.account(ann, 42)).isEqualTo("Ann42#2");
        assertThat(function.stats().hits()).isEqualTo(1);
        assertThat(function.policy())
                .isEqualTo(Policy.of(Duration.ofMinutes(10)).withJitter(0));
    }

    @Test
    void cachedOf_wrongName_listsWhatThereIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.cachedOf(accounts, "acount"))
                .withMessageStartingWith(
                        "0 methods with @Cached match acount; there are [Accounts.account(User,long),");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.cachedOf(accounts, "find"))
                .withMessage("2 methods with @Cached match find; add the parameter types");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.cachedOf("text", "find"))
                .withMessage("not a proxy of larder.proxy(...): java.lang.String");
    }

    @Test
    @SuppressWarnings("SelfAssertion")
    void objectMethods_ofTheProxy_areItsOwn() {
        assertThat(accounts).isEqualTo(accounts).isNotEqualTo(new Dao()).hasToString("cached the dao");
        assertThat(accounts.hashCode()).isEqualTo(System.identityHashCode(accounts));
    }

    interface UnknownName {
        @io.larder.cache.annotation.Cached(key = "order:{id}", ttl = "1m")
        String find(long orderId);
    }

    interface BadTtl {
        @io.larder.cache.annotation.Cached(ttl = "soon")
        String find(long id);
    }

    interface Nothing {
        @io.larder.cache.annotation.Cached(ttl = "1m")
        void find(long id);
    }

    interface Later {
        @io.larder.cache.annotation.Cached(ttl = "1m")
        Future<String> find(long id);
    }

    interface Plain {
        String find(long id);
    }

    static final class Misplaced implements Plain {
        @Override
        @io.larder.cache.annotation.Cached(ttl = "1m")
        public String find(long id) {
            return "";
        }
    }

    @Test
    void proxy_misuse_namesTheMethodAndWhatToWrite() {
        assertRefused(
                UnknownName.class,
                id -> "",
                "@Cached on UnknownName.find(long): key template \"order:{id}\" uses {id}, parameters are [orderId];"
                        + " known: arg0, orderId");
        assertRefused(
                BadTtl.class,
                id -> "",
                "@Cached on BadTtl.find(long): ttl \"soon\" is not a duration;"
                        + " write it like 90 (seconds), 250ms, 10m, 1h30m, PT1H or forever");
        assertRefused(
                Nothing.class,
                id -> {},
                "@Cached on Nothing.find(long): it returns nothing to cache; remove the annotation");
        assertRefused(
                Later.class,
                id -> new CompletableFuture<>(),
                "@Cached on Later.find(long): values of \"Later.find:{id}\" are Future<String>,"
                        + " which only one caller can use; let the loader return what is in it, like a List");
        assertRefused(Plain.class, id -> "", "no method of Plain has @Cached; annotate one of the interface's methods");
        assertRefused(
                Plain.class,
                new Misplaced(),
                "@Cached on Misplaced.find(long): write it on the interface method Plain.find, the proxy sees no other");
        assertRefused(
                Misplaced.class,
                new Misplaced(),
                "a proxy needs an interface, Misplaced is a class; use larder.cached(...) for it");
    }

    private <T> void assertRefused(Class<T> api, T target, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(api, target))
                .withMessage(message);
    }
}
