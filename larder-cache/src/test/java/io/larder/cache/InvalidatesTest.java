package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.Invalidates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Methods that name the method whose entries they invalidate. */
class InvalidatesTest {
    record User(long id) {}

    record Account(long id, String name) {}

    interface AccountService {
        @Cached(key = "account:{user.id}:{accountId}", ttl = "10m", stale = "1h")
        String account(User user, long accountId);

        @Cached(ttl = "10m", tags = "user:{user.id}", namespace = "lists")
        List<Long> ids(User user);

        @Invalidates("#account")
        void close(User user, long accountId) throws IOException;
    }

    interface Writer {
        @Invalidates(
                value = "AccountService#account",
                map = {"user=owner", "accountId=result.id"})
        @Invalidates(tags = "user:{owner.id}")
        @Nullable
        Account open(User owner, String name);

        @Invalidates(value = "AccountService#account(User,long)", map = "accountId=account.id")
        CompletableFuture<Account> rename(User user, Account account);

        @Invalidates(value = "AccountService#account", when = Invalidates.When.BEFORE)
        void risk(User user, int accountId);

        @Invalidates(value = "AccountService#account", keepStale = true)
        void suspect(User user, long accountId);

        @Invalidates(namespaces = "lists")
        void reset();
    }

    private static final User ADA = new User(1);

    private final Larder larder = Larder.open("mem:");
    private final List<Object> loads = new ArrayList<>();
    private final AccountService service = larder.proxy(AccountService.class, new AccountService() {
        @Override
        public String account(User user, long accountId) {
            loads.add(accountId);
            return "load " + loads.size();
        }

        @Override
        public List<Long> ids(User user) {
            loads.add(user);
            return List.of((long) loads.size());
        }

        @Override
        public void close(User user, long accountId) throws IOException {
            if (accountId < 0) {
                throw new IOException("no such account");
            }
        }
    });
    private final CompletableFuture<Account> renaming = new CompletableFuture<>();
    private final Writer writer = larder.proxy(Writer.class, new Writer() {
        @Override
        public @Nullable Account open(User owner, String name) {
            return name.isEmpty() ? null : new Account(42, name);
        }

        @Override
        public CompletableFuture<Account> rename(User user, Account account) {
            return renaming;
        }

        @Override
        public void risk(User user, int accountId) {
            throw new IllegalStateException("failed half way");
        }

        @Override
        public void suspect(User user, long accountId) {}

        @Override
        public void reset() {}
    });

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void call_sameNames_invalidatesThatEntryOnly() throws IOException {
        service.account(ADA, 42);
        service.account(ADA, 43);

        service.close(ADA, 42);

        assertThat(service.account(ADA, 42)).isEqualTo("load 3");
        assertThat(service.account(ADA, 43)).isEqualTo("load 2");
    }

    @Test
    void call_fails_invalidatesNothing() {
        service.account(ADA, -1);

        assertThatThrownBy(() -> service.close(ADA, -1)).isInstanceOf(IOException.class);

        assertThat(service.account(ADA, -1)).isEqualTo("load 1");
    }

    @Test
    void call_namesMapped_takesThemFromArgumentsAndResult() {
        service.account(ADA, 42);
        service.ids(ADA);

        writer.open(ADA, "savings");

        assertThat(service.account(ADA, 42)).isEqualTo("load 3");
        assertThat(service.ids(ADA)).containsExactly(4L);
    }

    @Test
    void call_resultIsNull_returnsIt() {
        service.account(ADA, 42);

        assertThat(writer.open(ADA, "")).isNull();

        assertThat(service.account(ADA, 42)).isEqualTo("load 1");
    }

    @Test
    void call_returnsAFuture_invalidatesWhenThatCompletes() throws Exception {
        service.account(ADA, 7);
        CompletableFuture<Account> renamed = writer.rename(ADA, new Account(7, "old"));
        assertThat(service.account(ADA, 7)).isEqualTo("load 1");

        renaming.complete(new Account(7, "new"));

        assertThat(renamed.get().name()).isEqualTo("new");
        assertThat(service.account(ADA, 7)).isEqualTo("load 2");
    }

    @Test
    void call_returnsAFutureThatFails_invalidatesNothing() {
        service.account(ADA, 7);
        CompletableFuture<Account> renamed = writer.rename(ADA, new Account(7, "old"));

        renaming.completeExceptionally(new IOException("down"));

        assertThat(renamed).isCompletedExceptionally();
        assertThat(service.account(ADA, 7)).isEqualTo("load 1");
    }

    @Test
    void call_before_invalidatesEvenIfItFails() {
        service.account(ADA, 7);

        assertThatThrownBy(() -> writer.risk(ADA, 7)).isInstanceOf(IllegalStateException.class);

        assertThat(service.account(ADA, 7)).isEqualTo("load 2");
    }

    @Test
    void call_keepStale_expiresAndKeeps() {
        service.account(ADA, 7);

        writer.suspect(ADA, 7);

        assertThat(Larder.cachedOf(service, "account").peek(Arguments.of(ADA, 7L)))
                .isInstanceOf(Lookup.Stale.class);
    }

    @Test
    void call_namespace_invalidatesAllOfIt() {
        service.ids(ADA);
        service.account(ADA, 7);

        writer.reset();

        assertThat(service.ids(ADA)).containsExactly(3L);
        assertThat(service.account(ADA, 7)).isEqualTo("load 2");
    }

    interface NoTarget {
        @Invalidates("AccountService#acount")
        void x(User user, long accountId);
    }

    interface NoType {
        @Invalidates("AcountService#account")
        void x(User user, long accountId);
    }

    interface NotCached {
        @Invalidates("AccountService#close")
        void x(User user, long accountId);
    }

    interface Unmapped {
        @Invalidates("AccountService#account")
        void x(User owner, long accountId);
    }

    interface WrongType {
        @Invalidates("AccountService#account")
        void x(User user, String accountId);
    }

    interface WrongMap {
        @Invalidates(value = "AccountService#account", map = "usr=user")
        void x(User user, long accountId);
    }

    interface WrongPath {
        @Invalidates(value = "AccountService#account", map = "accountId=account.number")
        void x(User user, Account account);
    }

    interface Nothing {
        @Invalidates
        void x();
    }

    interface Both {
        @Cached(ttl = "1m")
        @Invalidates(tags = "t")
        long x(long id);
    }

    @Test
    void proxy_targetThatCannotWork_isRefusedInOneLine() {
        assertRefused(
                NoTarget.class,
                "@Invalidates on NoTarget.x(User,long): AccountService has no method \"acount\" with @Cached; did you mean \"account\"?");
        assertRefused(
                NoType.class,
                "@Invalidates on NoType.x(User,long): there is no AcountService beside NoType; write its full name, like \"com.shop.AcountService#...\"");
        assertRefused(
                NotCached.class,
                "@Invalidates on NotCached.x(User,long): AccountService has no method \"close\" with @Cached;");
        assertRefused(
                Unmapped.class,
                "@Invalidates on Unmapped.x(User,long): the key of AccountService.account(User,long) needs \"user\","
                        + " parameters are [owner, accountId]; write map = \"user=...\"");
        assertRefused(
                WrongType.class,
                "@Invalidates on WrongType.x(User,String): the key of AccountService.account(User,long) needs a Long for"
                        + " \"accountId\", but \"accountId\" is a String; write map = \"accountId=...\"");
        assertRefused(
                WrongMap.class,
                "@Invalidates on WrongMap.x(User,long): map names \"usr\", but the key of AccountService.account(User,long) uses [user, accountId]");
        assertRefused(
                WrongPath.class,
                "@Invalidates on WrongPath.x(User,Account): map \"account.number\" uses {account.number}, but Account has no \"number\";");
        assertRefused(Nothing.class, "@Invalidates on Nothing.x(): it names nothing;");
    }

    private <T> void assertRefused(Class<T> api, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.proxy(api, stub(api)))
                .withMessageStartingWith(message)
                .withMessageNotContaining("\n");
    }

    private static <T> T stub(Class<T> api) {
        return api.cast(java.lang.reflect.Proxy.newProxyInstance(
                api.getClassLoader(), new Class<?>[] {api}, (proxy, method, arguments) -> null));
    }

    @Test
    void proxy_cachedAndInvalidating_isRefused() {
        assertRefused(Both.class, "@Invalidates on Both.x(long): it has @Cached too");
    }
}
