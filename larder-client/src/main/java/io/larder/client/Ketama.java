package io.larder.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The ring of libmemcached's KETAMA_WEIGHTED, point for point: also what spymemcached (its libmemcached format), PHP
 * (OPT_LIBKETAMA_COMPATIBLE) and pylibmc ({@code ketama_weighted}) place by.
 *
 * <p>Each digest MD5({@code name-i}) gives four points, its little-endian words; a key belongs to the first point at or
 * above the first word of its own MD5. A name is {@code host}, or {@code host:port} where the port is not 11211.
 */
final class Ketama implements Placement {
    private static final int POINTS_PER_NODE = 160;
    private static final int POINTS_PER_DIGEST = 4;
    private static final long WORD_MASK = 0xffff_ffffL;
    private static final MessageDigest MD5 = newMd5();

    @Override
    public String name() {
        return "libmemcached-ketama";
    }

    @Override
    public boolean prefixCounts() {
        return false;
    }

    @Override
    public Ring ring(List<Node> nodes) {
        if (nodes.size() == 1) {
            return key -> 0;
        }
        long totalWeight = nodes.stream().mapToLong(Node::weight).sum();
        // point << 32 | node: sorts by point, then by the order of the nodes, as libmemcached does
        long[] points = new long[0];
        for (int node = 0; node < nodes.size(); node++) {
            int digests = digests(nodes.get(node).weight(), totalWeight, nodes.size());
            int at = points.length;
            points = Arrays.copyOf(points, at + digests * POINTS_PER_DIGEST);
            for (int i = 0; i < digests; i++) {
                ByteBuffer words = md5((ringName(nodes.get(node)) + "-" + i).getBytes(StandardCharsets.UTF_8));
                for (int word = 0; word < POINTS_PER_DIGEST; word++) {
                    points[at++] = (words.getInt() & WORD_MASK) << 32 | node;
                }
            }
        }
        // unsigned order, as points reach 2^32 - 1
        return new SortedPoints(
                Arrays.stream(points).map(p -> p ^ Long.MIN_VALUE).sorted().toArray());
    }

    /** The number of digests of a node. Float arithmetic is part of the contract: weights 10, 1, 7 give 66, 6, 46. */
    static int digests(int weight, long totalWeight, int nodes) {
        float share = (float) weight / (float) totalWeight;
        return (int) Math.floor((float) (share * POINTS_PER_NODE / POINTS_PER_DIGEST * (float) nodes + 0.0000000001));
    }

    private static String ringName(Node node) {
        return node.port() == Node.PORT_DEFAULT ? node.host() : node.host() + ":" + node.port();
    }

    private static ByteBuffer md5(byte[] text) {
        try {
            MessageDigest md5 = (MessageDigest) MD5.clone(); // far cheaper than asking the providers for each key
            return ByteBuffer.wrap(md5.digest(text)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's MD5 cannot be cloned", e);
        }
    }

    private static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    /** Points in ascending order, each {@code point << 32 | node} with the sign bit turned. */
    private static final class SortedPoints implements Ring {
        private final long[] points;

        SortedPoints(long[] points) {
            this.points = points;
        }

        @Override
        public int nodeOf(byte[] key) {
            return (int) points[at(key)];
        }

        /** Further along the ring, so that the keys of a node are shared out among all others. */
        @Override
        public int nodeOf(byte[] key, int nodes, IntPredicate usable) {
            int first = at(key);
            for (int i = 0; i < points.length; i++) {
                int node = (int) points[(first + i) % points.length];
                if (usable.test(node)) {
                    return node;
                }
            }
            return -1;
        }

        private int at(byte[] key) {
            long hash = md5(key).getInt() & WORD_MASK;
            int found = Arrays.binarySearch(points, (hash << 32) ^ Long.MIN_VALUE);
            int at = found >= 0 ? found : -found - 1;
            return at == points.length ? 0 : at; // above the highest point the ring begins again
        }
    }
}
