package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.HostPort;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.spy.memcached.CASMutation;
import net.spy.memcached.CASMutator;
import net.spy.memcached.CASValue;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.internal.OperationFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation of spymemcached, by both protocols, on Larder always and on a real memcached where one is named. */
class SpymemcachedTest {
    private static final Logger SPY = Logger.getLogger("net.spy"); // kept here: loggers are held weakly
    private static final int SECONDS = 100;
    private static final int TIMEOUT_SECONDS = 30;
    private static CacheServer server;

    @BeforeAll
    static void open() {
        System.setProperty("net.spy.log.LoggerImpl", "net.spy.memcached.compat.log.SunLogger");
        SPY.setLevel(Level.OFF);
        server = CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void larder_everyOperation_doesWhatItSays(Protocol protocol) throws Exception {
        run(protocol, server.addresses().get(0));
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    @EnabledIfSystemProperty(named = "larder.memcached", matches = ".+:\\d+")
    void memcached_everyOperation_doesWhatItSays(Protocol protocol) throws Exception {
        HostPort real = HostPort.parse(System.getProperty("larder.memcached"));
        run(protocol, new InetSocketAddress(real.host(), real.portOr(ServerConfig.PORT_DEFAULT)));
    }

    private static void run(Protocol protocol, InetSocketAddress address) throws Exception {
        MemcachedClient client = new MemcachedClient(
                new ConnectionFactoryBuilder()
                        .setProtocol(protocol)
                        .setDaemon(true)
                        .setOpTimeout(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS))
                        .build(),
                List.of(address));
        try {
            assertThat(done(client.flush())).isTrue();
            storing(client);
            counting(client);
            tokens(client);
            bulk(client);
            touching(client, protocol);
            admin(client, protocol, address);
        } finally {
            client.shutdown(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void storing(MemcachedClient client) throws Exception {
        assertThat(done(client.set("k", SECONDS, "value"))).isTrue();
        assertThat(client.get("k")).isEqualTo("value");
        assertThat(client.asyncGet("k").get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isEqualTo("value");
        assertThat(client.get("none")).isNull();
        assertThat(done(client.set("object", SECONDS, new TreeMap<>(Map.of("a", 1)))))
                .isTrue();
        assertThat(client.get("object")).isEqualTo(new TreeMap<>(Map.of("a", 1)));
        assertThat(done(client.set("long", SECONDS, "z".repeat(100_000)))).isTrue();
        assertThat(client.get("long")).isEqualTo("z".repeat(100_000));
        assertThat(done(client.add("new", SECONDS, "x"))).isTrue();
        assertThat(done(client.add("new", SECONDS, "y"))).isFalse();
        assertThat(done(client.replace("new", SECONDS, "b"))).isTrue();
        assertThat(done(client.replace("none", SECONDS, "y"))).isFalse();
        assertThat(done(client.append("new", "c"))).isTrue();
        assertThat(done(client.prepend("new", "a"))).isTrue();
        assertThat(client.get("new")).isEqualTo("abc");
        assertThat(done(client.append("none", "c"))).isFalse();
        assertThat(done(client.prepend("none", "c"))).isFalse();
        assertThat(done(client.append(0, "new", "d"))).isTrue();
        assertThat(done(client.prepend(0, "new", "_"))).isTrue();
        assertThat(client.get("new")).isEqualTo("_abcd");
        assertThat(done(client.set("past", 1_000_000_000, "x"))).isTrue();
        assertThat(client.get("past")).isNull();
        assertThat(done(client.delete("new"))).isTrue();
        assertThat(done(client.delete("new"))).isFalse();
    }

    private static void counting(MemcachedClient client) throws Exception {
        assertThat(client.incr("n", 5)).isEqualTo(-1);
        assertThat(client.incr("n", 5, 100)).isEqualTo(100);
        assertThat(client.incr("n", 5)).isEqualTo(105);
        assertThat(client.decr("n", 6)).isEqualTo(99);
        assertThat(client.decr("n", 1_000)).isZero();
        assertThat(client.decr("down", 1, 7, SECONDS)).isEqualTo(7);
        assertThat(done(client.asyncIncr("n", 3))).isEqualTo(3L);
        assertThat(done(client.asyncDecr("n", 1))).isEqualTo(2L);
        assertThat(client.incr("up", 1L, 7, SECONDS)).isEqualTo(7);
        assertThat(client.incr("up", 1L)).isEqualTo(8);
        assertThat(client.decr("up", 1L)).isEqualTo(7);
        assertThat(client.decr("none", 1)).isEqualTo(-1);
    }

    private static void tokens(MemcachedClient client) throws Exception {
        CASValue<Object> first = client.gets("k");
        assertThat(first.getValue()).isEqualTo("value");
        assertThat(client.cas("k", first.getCas(), "changed")).hasToString("OK");
        assertThat(client.cas("k", first.getCas(), "again")).hasToString("EXISTS");
        assertThat(client.cas("none", first.getCas(), "x")).hasToString("NOT_FOUND");
        assertThat(client.get("k")).isEqualTo("changed");
        assertThat(client.gets("none")).isNull();
        long token =
                client.asyncGets("k").get(TIMEOUT_SECONDS, TimeUnit.SECONDS).getCas();
        assertThat(client.asyncCAS("k", token, "later").get(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .hasToString("OK");
        assertThat(client.cas("k", client.gets("k").getCas(), SECONDS, "changed"))
                .hasToString("OK");
        CASMutation<Object> mutation = current -> current + "!";
        assertThat(new CASMutator<>(client, client.getTranscoder()).cas("mutated", "first", SECONDS, mutation))
                .isEqualTo("first");
        assertThat(new CASMutator<>(client, client.getTranscoder()).cas("mutated", "first", SECONDS, mutation))
                .isEqualTo("first!");
    }

    private static void bulk(MemcachedClient client) throws Exception {
        Map<String, Object> all = new TreeMap<>();
        for (int i = 0; i < 1_000; i++) {
            all.put("b" + i, i);
            assertThat(done(client.set("b" + i, SECONDS, i))).isTrue();
        }
        List<String> keys = List.copyOf(all.keySet());
        assertThat(client.getBulk(keys)).isEqualTo(all);
        assertThat(client.getBulk("b1", "none", "b2")).containsOnlyKeys("b1", "b2");
        assertThat(client.asyncGetBulk(keys).get(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(all);
    }

    private static void touching(MemcachedClient client, Protocol protocol) throws Exception {
        assertThat(done(client.touch("k", SECONDS))).isTrue();
        if (protocol == Protocol.BINARY) { // spymemcached has these for the binary protocol only
            assertThat(client.getAndTouch("k", SECONDS).getValue()).isEqualTo("changed");
            assertThat(client.getAndTouch("none", SECONDS)).isNull();
            assertThat(done(client.asyncGetAndTouch("k", SECONDS)).getValue()).isEqualTo("changed");
            CASValue<Object> old = client.gets("k");
            assertThat(done(client.delete("k", old.getCas() + 1_000_000))).isFalse();
            assertThat(done(client.delete("k", old.getCas()))).isTrue();
        }
    }

    private static void admin(MemcachedClient client, Protocol protocol, InetSocketAddress address) throws Exception {
        assertThat(client.getVersions().get(address)).startsWith("1.6");
        assertThat(client.getStats().get(address)).containsKeys("pid", "curr_items", "get_hits", "threads");
        assertThat(client.getStats("settings").get(address)).containsKeys("maxbytes", "maxconns");
        assertThat(client.getStats("items").get(address)).isNotEmpty();
        assertThat(client.getAvailableServers()).hasSize(1);
        assertThat(client.getUnavailableServers()).isEmpty();
        assertThat(client.waitForQueues(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(done(client.flush(SECONDS))).isTrue();
        // by the binary protocol spymemcached sends no delay
        assertThat(client.get("b1")).isEqualTo(protocol == Protocol.BINARY ? null : 1);
        assertThat(done(client.flush())).isTrue();
        assertThat(client.get("b1")).isNull();
    }

    private static <T> T done(OperationFuture<T> future) throws Exception {
        return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
