import com.spotify.folsom.MemcacheClient;
import com.spotify.folsom.MemcacheClientBuilder;
import io.larder.client.AsyncView;
import io.larder.client.Codecs;
import io.larder.client.Limits;
import io.larder.client.Memcached;
import io.larder.client.MemcachedConfig;
import io.larder.client.View;
import java.io.DataInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.rubyeye.xmemcached.XMemcachedClient;
import net.rubyeye.xmemcached.transcoders.CachedData;
import net.rubyeye.xmemcached.transcoders.Transcoder;
import net.spy.memcached.ConnectionFactoryBuilder;

/** A client under comparison: values are bytes, everything but the deadline as it comes. */
abstract class Peer {
    abstract void set(String key, byte[] value) throws Exception;

    abstract byte[] get(String key) throws Exception;

    abstract int getAll(List<String> keys) throws Exception;

    /** Starts a get; the callback runs when its value is there. */
    abstract void start(String key, Runnable done) throws Exception;

    boolean knows(String kind) {
        return true;
    }

    void close() throws Exception {}

    static Peer open(String name, int port, int timeoutMillis) throws Exception {
        return switch (name) {
            case "larder" -> new Larder(port, timeoutMillis, "auto");
            case "larder-text" -> new Larder(port, timeoutMillis, "text");
            case "socket" -> new PlainSocket(port);
            case "spymemcached" -> new Spy(port, timeoutMillis);
            case "xmemcached" -> new Xmemcached(port, timeoutMillis);
            case "folsom" -> new Folsom(port, timeoutMillis);
            default -> throw new IllegalArgumentException("unknown client " + name);
        };
    }

    private static final class Larder extends Peer {
        private final Memcached memcached;
        private final View<byte[]> view;
        private final AsyncView<byte[]> async;

        Larder(int port, int timeoutMillis, String protocol) {
            String url = "memcached://127.0.0.1:%d?timeout=%dms&protocol=%s".formatted(port, timeoutMillis, protocol);
            // as the peers: a server whose replies go wrong is dialled far more often than a dead one should be
            memcached = Memcached.open(MemcachedConfig.parse(url).withLimits(Limits.DEFAULT.withDialsPerSecondMax(1000)));
            view = memcached.view(Codecs.bytes());
            async = view.async();
        }

        @Override
        void set(String key, byte[] value) {
            view.set(key, value, Duration.ofHours(1));
        }

        @Override
        byte[] get(String key) {
            return view.get(key);
        }

        @Override
        int getAll(List<String> keys) {
            return view.getAll(keys).orThrow().found().size();
        }

        @Override
        void start(String key, Runnable done) {
            async.get(key).whenComplete((value, failure) -> done.run());
        }

        @Override
        void close() {
            memcached.close();
        }
    }

    /** A blocking socket for each thread, and nothing around it. */
    private static final class PlainSocket extends Peer {
        private record Wire(DataInputStream in, OutputStream out) {}

        private final ThreadLocal<Wire> wires;

        PlainSocket(int port) {
            wires = ThreadLocal.withInitial(() -> {
                try {
                    Socket socket = new Socket("127.0.0.1", port);
                    socket.setTcpNoDelay(true);
                    return new Wire(
                            new DataInputStream(new BufferedInputStream(socket.getInputStream(), 16 << 10)),
                            socket.getOutputStream());
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        @Override
        boolean knows(String kind) {
            return kind.equals("GET");
        }

        @Override
        void set(String key, byte[] value) throws IOException {
            Wire wire = wires.get();
            wire.out().write(("set " + key + " 0 0 " + value.length + "\r\n" + new String(value, StandardCharsets.ISO_8859_1)
                    + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            line(wire.in());
        }

        @Override
        byte[] get(String key) throws IOException {
            Wire wire = wires.get();
            wire.out().write(("mg " + key + " v\r\n").getBytes(StandardCharsets.ISO_8859_1));
            String line = line(wire.in());
            byte[] value = new byte[Integer.parseInt(line.substring(3))];
            wire.in().readFully(value);
            wire.in().readUnsignedShort();
            return value;
        }

        private static String line(DataInputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b != '\r') {
                    line.append((char) b);
                }
            }
            return line.toString();
        }

        @Override
        int getAll(List<String> keys) {
            throw new UnsupportedOperationException();
        }

        @Override
        void start(String key, Runnable done) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Spy extends Peer {
        private final net.spy.memcached.MemcachedClient client;

        Spy(int port, int timeoutMillis) throws IOException {
            client = new net.spy.memcached.MemcachedClient(
                    new ConnectionFactoryBuilder()
                            .setProtocol(ConnectionFactoryBuilder.Protocol.TEXT)
                            .setOpTimeout(timeoutMillis)
                            .setDaemon(true)
                            .build(),
                    List.of(new InetSocketAddress("127.0.0.1", port)));
        }

        @Override
        void set(String key, byte[] value) throws Exception {
            client.set(key, 3600, value).get();
        }

        @Override
        byte[] get(String key) {
            return bytes(client.get(key));
        }

        private static byte[] bytes(Object value) {
            return value instanceof String text ? text.getBytes(StandardCharsets.ISO_8859_1) : (byte[]) value;
        }

        @Override
        int getAll(List<String> keys) {
            return client.getBulk(keys).size();
        }

        @Override
        void start(String key, Runnable done) {
            client.asyncGet(key).addListener(future -> done.run());
        }

        @Override
        void close() {
            client.shutdown();
        }
    }

    private static final class Xmemcached extends Peer {
        private final XMemcachedClient client;
        private final Transcoder<byte[]> bytes = new net.rubyeye.xmemcached.transcoders.Transcoder<>() {
            @Override
            public CachedData encode(byte[] value) {
                return new CachedData(0, value);
            }

            @Override
            public byte[] decode(CachedData data) {
                return data.getData();
            }

            @Override
            public void setPrimitiveAsString(boolean asString) {}

            @Override
            public void setPackZeros(boolean pack) {}

            @Override
            public void setCompressionThreshold(int bytes) {}

            @Override
            public boolean isPrimitiveAsString() {
                return false;
            }

            @Override
            public boolean isPackZeros() {
                return false;
            }

            @Override
            public void setCompressionMode(net.rubyeye.xmemcached.transcoders.CompressionMode mode) {}
        };

        Xmemcached(int port, int timeoutMillis) throws IOException {
            client = new XMemcachedClient("127.0.0.1", port);
            client.setOpTimeout(timeoutMillis);
        }

        @Override
        boolean knows(String kind) {
            return !kind.equals("ASYNC"); // it has no futures
        }

        @Override
        void set(String key, byte[] value) throws Exception {
            client.set(key, 3600, value, bytes);
        }

        @Override
        byte[] get(String key) throws Exception {
            return client.get(key, bytes);
        }

        @Override
        int getAll(List<String> keys) throws Exception {
            return client.get(keys, bytes).size();
        }

        @Override
        void start(String key, Runnable done) {
            throw new UnsupportedOperationException();
        }

        @Override
        void close() throws IOException {
            client.shutdown();
        }
    }

    private static final class Folsom extends Peer {
        private final MemcacheClient<byte[]> client;

        Folsom(int port, int timeoutMillis) throws Exception {
            client = MemcacheClientBuilder.newByteArrayClient()
                    .withAddress("127.0.0.1", port)
                    .withRequestTimeoutMillis(timeoutMillis)
                    .connectAscii();
            client.awaitConnected(5, TimeUnit.SECONDS);
        }

        @Override
        void set(String key, byte[] value) throws Exception {
            client.set(key, value, 3600).toCompletableFuture().get();
        }

        @Override
        byte[] get(String key) throws Exception {
            return client.get(key).toCompletableFuture().get();
        }

        @Override
        int getAll(List<String> keys) throws Exception {
            return client.get(keys).toCompletableFuture().get().size();
        }

        @Override
        void start(String key, Runnable done) {
            client.get(key).toCompletableFuture().whenComplete((value, failure) -> done.run());
        }

        @Override
        void close() {
            client.shutdown();
        }
    }
}
