package io.larder.bench.framework;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.larder.cache.Cached;
import io.larder.cache.Larder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A hit, by every way to ask: the key is one of 1024, never the same as before, and a new {@code Long} each time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CacheBenchmark {
    private static final int KEYS = 1024;
    private static final long FIRST = 1_000_000;

    /** Two arguments of a template. */
    public record Visit(String user, long account) {}

    private int next;
    private final Visit[] visits = new Visit[KEYS];
    private Larder larder;
    private Cached<Long, AccountService.Account> function;
    private Cached<Visit, AccountService.Account> ofTwo;
    private AccountService.Reader proxy;
    private AccountService.Reader spring;
    private AccountService.Reader jetcache;
    private Cache<Long, AccountService.Account> byLong;
    private Cache<String, AccountService.Account> byText;

    private long key() {
        next = (next + 7) & (KEYS - 1);
        return FIRST + next;
    }

    @Setup
    public void open() throws Exception {
        AccountService.Source source = id -> new AccountService.Account(id, "Ada", id);
        larder = Larder.open("mem:?size=100000");
        function = larder.cached("function:{key}", Long.class, AccountService.Account.class, source::load)
                .ttl("1h")
                .build();
        ofTwo = larder.cached(
                        "visit:{user}:{account}",
                        Visit.class,
                        AccountService.Account.class,
                        visit -> source.load(visit.account()))
                .ttl("1h")
                .build();
        proxy = larder.proxy(AccountService.ByLarder.class, new AccountService.OfLarder(source));
        spring = Peers.in(Peers.SpringSetup.class, AccountService.BySpring.class, () -> new AccountService.OfSpring(source));
        jetcache = Peers.in(Peers.JetCacheSetup.class, AccountService.ByJetCache.class, () -> new AccountService.OfJetCache(source));
        byLong = Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(Duration.ofHours(1)).build();
        byText = Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(Duration.ofHours(1)).build();
        for (int i = 0; i < KEYS; i++) {
            long id = FIRST + i;
            visits[i] = new Visit("user" + i, id);
            byLong.put(id, source.load(id));
            byText.put("account:" + id, source.load(id));
            function.get(id);
            ofTwo.get(visits[i]);
            for (AccountService.Reader reader : new AccountService.Reader[] {proxy, spring, jetcache}) {
                if (reader.account(id) != reader.account(id)) {
                    throw new IllegalStateException(reader.getClass() + " does not cache");
                }
            }
        }
    }

    @TearDown
    public void close() {
        larder.close();
    }

    @Benchmark
    public Object caffeineByLong() {
        return byLong.getIfPresent(key());
    }

    @Benchmark
    public Object caffeineByText() {
        return byText.getIfPresent("account:" + key());
    }

    @Benchmark
    public Object larderFunction() {
        return function.get(key());
    }

    @Benchmark
    public Object larderProxy() throws Exception {
        return proxy.account(key());
    }

    @Benchmark
    public Object springProxy() throws Exception {
        return spring.account(key());
    }

    @Benchmark
    public Object jetcacheProxy() throws Exception {
        return jetcache.account(key());
    }

    @Benchmark
    public Object templateOfOne() {
        return function.key(key());
    }

    @Benchmark
    public Object templateOfTwo() {
        return ofTwo.key(visits[(int) (key() - FIRST)]);
    }
}
