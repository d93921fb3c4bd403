package io.larder.client.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.larder.client.Codecs;
import io.larder.client.Memcached;
import io.larder.client.StoreResult;
import io.larder.client.UnreadableValueException;
import io.larder.client.View;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON values over a server, in both protocols, and what is none. */
@Timeout(60)
class JsonCodecTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static CacheServer server;

    record Account(long id, String ownerName, List<String> tags) {}

    /** Nothing Jackson could write. */
    static final class Opaque {}

    @BeforeAll
    static void openServer() {
        server = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta", "text"})
    void values_comeBackAsTheyWere(String protocol) {
        try (Memcached memcached = open(protocol)) {
            View<Account> accounts = memcached.view(JsonCodec.of(Account.class));
            Account ada = new Account(7, "Ada \"键\"", List.of("a", ""));

            assertThat(accounts.set("7", ada, TTL)).isEqualTo(StoreResult.STORED);

            assertThat(accounts.get("7")).isEqualTo(ada);
            assertThat(memcached.view(Codecs.text()).get("7"))
                    .isEqualTo("{\"id\":7,\"ownerName\":\"Ada \\\"键\\\"\",\"tags\":[\"a\",\"\"]}");
            assertThat(accounts.update(
                            "7", TTL, old -> old == null ? ada : new Account(8, old.ownerName(), old.tags())))
                    .isEqualTo(new Account(8, "Ada \"键\"", List.of("a", "")));
            View<Map<String, List<Account>>> byTown =
                    memcached.view(Codecs.compressed(JsonCodec.of(new TypeReference<Map<String, List<Account>>>() {})));
            Map<String, List<Account>> many = Map.of("London", Collections.nCopies(1000, ada));
            byTown.set("towns", many, TTL);
            assertThat(byTown.get("towns")).isEqualTo(many);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{\"id\":secret}",
                "{\"id\":7,",
                "{\"id\":\"secret\"}",
                "{\"id\":7} {\"id\":8}",
                "[\"java.lang.Object\",{}]"
            })
    void bytesThatAreNotOfTheType_areUnreadable_andNotShown(String stored) {
        try (Memcached memcached = open("auto")) {
            memcached.view(Codecs.text()).set("k", stored, TTL);
            View<Account> accounts = memcached.view(JsonCodec.of(Account.class));

            assertThatThrownBy(() -> accounts.get("k"))
                    .isInstanceOf(UnreadableValueException.class)
                    .hasMessageContaining("Account")
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .message()
                    .doesNotContain("secret");
            assertThat(accounts.lenient().get("k")).isNull();
        }
    }

    @Test
    void unknownProperties_ofANewerVersion_arePassedOver() {
        JsonCodec<Account> codec = JsonCodec.of(Account.class);
        byte[] newer = "{\"id\":7,\"ownerName\":\"Ada\",\"tags\":[],\"since\":2026}".getBytes(StandardCharsets.UTF_8);

        assertThat(codec.decode(0, newer)).isEqualTo(new Account(7, "Ada", List.of()));
        assertThat(codec.decode(6, newer)).as("another client's flags").isEqualTo(new Account(7, "Ada", List.of()));
    }

    @Test
    void mapperOfTheUser_isUsed_unlessStoredBytesCouldChooseClasses() {
        ObjectMapper snakes = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        ObjectMapper typing = JsonMapper.builder()
                .activateDefaultTyping(JsonMapper.builder().build().getPolymorphicTypeValidator())
                .build();

        assertThat(new String(
                        JsonCodec.of(snakes, Account.class)
                                .encode(new Account(7, "Ada", List.of()))
                                .data(),
                        StandardCharsets.UTF_8))
                .contains("\"owner_name\"");
        assertThatThrownBy(() -> JsonCodec.of(typing, Object.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("default typing");
        assertThatThrownBy(() -> JsonCodec.of(typing, new TypeReference<List<Object>>() {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void valueWithoutAForm_isRefusedBeforeAnythingIsSent() {
        assertThatThrownBy(() -> JsonCodec.of(Opaque.class).encode(new Opaque()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Opaque has no JSON form");
    }

    private static Memcached open(String protocol) {
        return Memcached.open("memcached://127.0.0.1:%d/json:?timeout=20s&connect=20s&protocol=%s"
                .formatted(server.port(), protocol));
    }
}
