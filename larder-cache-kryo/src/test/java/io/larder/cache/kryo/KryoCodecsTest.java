package io.larder.cache.kryo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.Cached;
import io.larder.cache.FakeByteStore;
import io.larder.cache.Larder;
import io.larder.cache.LarderBuilder;
import io.larder.cache.Secrets;
import io.larder.cache.spi.Codec;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KryoCodecsTest {
    enum Colour {
        RED,
        GREEN
    }

    record Account(
            long id,
            UUID owner,
            Optional<String> note,
            List<Instant> seen,
            Map<String, BigDecimal> totals,
            Colour colour) {}

    static class Node {
        final String name;
        final List<Node> others = new ArrayList<>();

        @Nullable
        Node parent;

        Node(String name) {
            this.name = name;
        }
    }

    static final class Strange extends Node {
        Strange() {
            super("strange");
        }
    }

    record Holder(Strange strange) {}

    private static final Account ACCOUNT = new Account(
            7,
            new UUID(1, 2),
            Optional.of("note"),
            List.of(Instant.EPOCH, Instant.MAX),
            Map.of("eur", new BigDecimal("1.50")),
            Colour.GREEN);

    private final KryoCodecs codecs = KryoCodecs.allowing(Account.class, Colour.class, Node.class);

    @Test
    void roundTrip_record_isEqual() {
        Codec codec = codecs.codec(Account.class);

        assertThat(codec.decode(codec.encode(ACCOUNT))).isEqualTo(ACCOUNT);
    }

    @Test
    void roundTrip_objectsThatReferToEachOther_doSoAgain() {
        Codec codec = codecs.codec(Node.class);
        Node root = new Node("root");
        Node leaf = new Node("leaf");
        leaf.parent = root;
        root.others.add(leaf);
        root.others.add(root);

        Node read = (Node) codec.decode(codec.encode(root));

        assertThat(read.others.get(0).name).isEqualTo("leaf");
        assertThat(read.others.get(0).parent).isSameAs(read);
        assertThat(read.others.get(1)).isSameAs(read);
    }

    @Test
    void encode_byManyThreads_isTheSame() throws Exception {
        Codec codec = codecs.codec(Account.class);
        byte[] alone = codec.encode(ACCOUNT);
        Callable<Boolean> task = () -> {
            for (int i = 0; i < 200; i++) {
                if (!Arrays.equals(alone, codec.encode(ACCOUNT)) || !ACCOUNT.equals(codec.decode(alone))) {
                    return false;
                }
            }
            return true;
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (Future<Boolean> done : threads.invokeAll(List.of(task, task, task, task))) {
                assertThat(done.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void encode_classThatIsNotListed_failsAndTheNextWorks() {
        Codec codec = codecs.codec(Node.class);

        assertThatThrownBy(() -> codec.encode(new Strange())).hasMessageContaining("not registered");
        assertThatThrownBy(() -> codec.decode(new byte[] {99, 1})).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> codec.decode(new byte[0])).isInstanceOf(RuntimeException.class);

        assertThat(((Node) codec.decode(codec.encode(new Node("n")))).name).isEqualTo("n");
    }

    @Test
    void allowing_nothingOrTooLittle_saysWhatToWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(KryoCodecs::allowing)
                .withMessage("kryo needs the list of classes that it may construct, each once;"
                        + " write KryoCodecs.allowing(Account.class, ...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KryoCodecs.allowing(Holder.class))
                .withMessage("Holder.strange is Strange, which kryo may not construct;"
                        + " write KryoCodecs.allowing(Strange.class, ...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codecs.codec(Strange.class))
                .withMessageEndingWith(
                        "has Strange, which kryo may not construct; write KryoCodecs.allowing(Strange.class, ...)");
    }

    @Test
    void shape_hasAllClassesAndFields() {
        String shape = codecs.codec(Account.class).shape();

        assertThat(shape)
                .contains("Account{colour:io.larder.cache.kryo.KryoCodecsTest$Colour;id:long;")
                .contains("[RED, GREEN]")
                .contains("Node{name:java.lang.String;others:java.util.List<");
        assertThat(KryoCodecs.allowing(Colour.class, Account.class, Node.class)
                        .codec(Account.class)
                        .shape())
                .as("numbers of classes follow the order")
                .isNotEqualTo(shape);
    }

    @Test
    void open_withoutSecret_isRefused() {
        FakeTicker ticker = new FakeTicker();
        LarderBuilder builder = Larder.builder()
                .store(new FakeByteStore(ticker))
                .ticker(ticker)
                .codec("kryo")
                .codecs(codecs);

        assertThatIllegalArgumentException()
                .isThrownBy(builder::open)
                .withMessage("codec kryo lets stored bytes choose what is constructed, so it needs a secret;"
                        + " write secret=env:NAME in the store's URL, or Larder.builder().secrets(...)");
    }

    @Test
    void get_signed_isAHit() {
        FakeTicker ticker = new FakeTicker();
        int[] loads = {0};
        try (Larder larder = Larder.builder()
                .store(new FakeByteStore(ticker))
                .ticker(ticker)
                .secrets(Secrets.of("0123456789abcdef".getBytes(UTF_8)))
                .codecs(codecs)
                .codec("kryo")
                .open()) {
            Cached<Long, Node> nodes = larder.cached(
                            "node:{key}", Long.class, Node.class, key -> new Node("load " + ++loads[0]))
                    .ttl("1h")
                    .build();
            nodes.get(1L);

            assertThat(nodes.get(1L).name).isEqualTo("load 1");
            assertThat(nodes.stats().hits()).isEqualTo(1);
        }
    }
}
