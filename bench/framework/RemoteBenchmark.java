package io.larder.bench.framework;

import io.larder.cache.Cached;
import io.larder.cache.Larder;
import io.larder.client.Codecs;
import io.larder.client.Memcached;
import io.larder.client.View;
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

/** A hit in memcached, by the client and through a cached function. The system property {@code port} tells where memcached is. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RemoteBenchmark {
    private static final int KEYS = 1024;

    private int next;
    private Memcached memcached;
    private View<String> client;
    private Larder larder;
    private Cached<Long, String> function;

    private long key() {
        next = (next + 7) & (KEYS - 1);
        return next;
    }

    @Setup
    public void open() {
        String url = "memcached://127.0.0.1:" + Integer.getInteger("port");
        memcached = Memcached.open(url);
        client = memcached.view(Codecs.text());
        larder = Larder.open(url);
        String value = "v".repeat(100);
        function = larder.cached("remote:{key}", Long.class, String.class, id -> value).ttl("1h").build();
        for (long i = 0; i < KEYS; i++) {
            client.set("direct:" + i, value, Duration.ofHours(1));
            function.get(i);
        }
    }

    @TearDown
    public void close() {
        larder.close();
        memcached.close();
    }

    @Benchmark
    public Object client() {
        return client.get("direct:" + key());
    }

    @Benchmark
    public Object larderFunction() {
        return function.get(key());
    }
}
