package io.larder.client;

import java.util.List;
import java.util.Map;

final class Cluster implements Memcached {
    private final MemcachedConfig config;

    Cluster(MemcachedConfig config) {
        this.config = config;
    }

    @Override
    public <V> View<V> view(Codec<V> codec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Admin admin() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Node> nodes() {
        return config.nodes();
    }

    @Override
    public Node nodeOf(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, NodeStats> stats() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
