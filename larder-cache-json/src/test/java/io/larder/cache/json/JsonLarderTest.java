package io.larder.cache.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.FakeTicker;
import io.larder.cache.Cached;
import io.larder.cache.FakeByteStore;
import io.larder.cache.Larder;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The codec as a program meets it: by its name, over a store of bytes. */
class JsonLarderTest {
    static final class Account {
        public long id;
        public String owner = "";
    }

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private int loads;

    private Larder larder(String codec) {
        return Larder.builder()
                .store(store)
                .ticker(ticker)
                .compress("off")
                .codec(codec)
                .open();
    }

    private Account load(long id) {
        Account account = new Account();
        account.id = id;
        account.owner = "load " + ++loads;
        return account;
    }

    private Cached<Long, Account> accounts(Larder larder) {
        return larder.cached("account:{key}", Long.class, Account.class, this::load)
                .ttl("1h")
                .build();
    }

    @Test
    void get_bean_isJsonInTheStore() {
        try (Larder larder = larder("json")) {
            Cached<Long, Account> accounts = accounts(larder);
            accounts.get(7L);

            assertThat(accounts.get(7L).owner).isEqualTo("load 1");
            assertThat(new String(Objects.requireNonNull(store.find("account:7")), UTF_8))
                    .contains("{\"id\":7,\"owner\":\"load 1\"}");
        }
    }

    @Test
    void get_goingOverFromTheBinaryForm_costsNoMiss() {
        record Point(int x, int y) {}
        try (Larder before = larder("binary");
                Larder after = larder("json,binary")) {
            for (Larder larder : new Larder[] {before, after}) {
                Cached<Long, Point> points = larder.cached(
                                "point:{key}", Long.class, Point.class, key -> new Point(++loads, 0))
                        .ttl("1h")
                        .build();
                assertThat(points.get(1L)).isEqualTo(new Point(1, 0));
            }
        }
    }

    @Test
    void build_typeThatJsonCannotBringBack_isRefusedInOneLine() {
        try (Larder larder = larder("json")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> larder.cached("t:{key}", Long.class, Runnable.class, key -> () -> {})
                            .ttl("1h")
                            .build())
                    .withMessageStartingWith("values of \"t:{key}\" cannot be stored: Runnable ")
                    .withMessageNotContaining("\n");
        }
    }
}
