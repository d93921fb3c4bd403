package io.larder.bench;

import io.larder.bench.ReplayWindow.Step;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Replays a trace against a memcached server over the wire and counts the gets that missed.
 *
 * <p>Small traces are replayed as several copies at once, each with keys of its own: request by request the copies take turns. The
 * keys are dealt to {@value #LANES} connections, each with one window of requests under way ({@link ReplayLane}). Per key, the
 * server sees the requests in the order of the trace, so a server that forgets nothing is counted exactly as by a sequential
 * replay. Between keys the order can differ by some hundred requests, which matters only to an item about to be evicted.
 *
 * <p>TTLs end by the trace's clock: when it reaches an item's deadline the item is deleted. Both servers are thus spared the
 * search for expired items, which memcached makes at least once an hour and Larder by whole segments; with the TTLs of days that
 * the traces have, both are found long before they matter.
 */
final class ReplayRun implements Closeable {
    private static final int LANES = 4;

    private final Trace trace;
    private final int copies;
    private final ReplayItems items;
    private final ReplayExpiry expiry;
    private final List<ReplayLane> lanes = new ArrayList<>();

    /**
     * @param gets of all copies
     * @param misses among them
     * @param refused stores that the server answered with an error
     */
    record Count(long gets, long misses, long refused) {
        double missRatio() {
            return gets == 0 ? 0 : (double) misses / gets;
        }
    }

    /** Told now and then how far a replay is. */
    @FunctionalInterface
    interface Progress {
        void at(long requestsDone);
    }

    ReplayRun(Trace trace, int copies, InetSocketAddress server) throws IOException {
        this.trace = trace;
        this.copies = copies;
        this.items = new ReplayItems(trace, copies);
        this.expiry = new ReplayExpiry(trace.expires() ? trace.keys() * copies : 0);
        for (int i = 0; i < LANES; i++) {
            lanes.add(new ReplayLane(server, items, expiry));
        }
    }

    /** Replays all of it once; the server should be empty. */
    Count run(Progress progress) throws IOException {
        List<Integer> due = new ArrayList<>();
        int now = -1;
        for (int request = 0; request < trace.requests(); request++) {
            if (trace.timeSeconds(request) != now) {
                now = trace.timeSeconds(request);
                expiry.sweep(now, due::add);
                for (int item : due) {
                    lane(item).add(Step.EXPIRE, item, now, 0);
                }
                due.clear();
            }
            replay(request);
            progress.at((long) (request + 1) * copies);
        }
        for (ReplayLane lane : lanes) {
            lane.drain();
        }
        return count();
    }

    private void replay(int request) throws IOException {
        Step step = switch (trace.op(request)) {
            case GET -> Step.GET;
            case SET -> Step.SET;
            case DELETE -> Step.DELETE;
        };
        for (int copy = 0; copy < copies; copy++) {
            int item = items.item(copy, trace.keyId(request));
            lane(item).add(step, item, trace.timeSeconds(request), trace.ttlSeconds(request));
        }
    }

    private ReplayLane lane(int item) {
        return lanes.get(item % LANES);
    }

    private Count count() {
        return new Count(
                lanes.stream().mapToLong(ReplayLane::gets).sum(),
                lanes.stream().mapToLong(ReplayLane::misses).sum(),
                lanes.stream().mapToLong(ReplayLane::refused).sum());
    }

    @Override
    public void close() throws IOException {
        for (ReplayLane lane : lanes) {
            lane.close();
        }
    }
}
