package io.larder.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One load on one server, driven by one or several threads that share its connections. */
final class LoadCrew implements AutoCloseable {
    private final List<LoadRun> runs = new ArrayList<>();
    private final ExecutorService threads;

    /** One driver has a core to itself and spins on it; several share cores with the server and wait. */
    LoadCrew(Load load, InetSocketAddress server, int drivers) throws IOException {
        LoadRun.fill(load, server);
        int used = Math.min(drivers, load.connections());
        for (int i = 0; i < used; i++) {
            int first = load.connections() * i / used;
            runs.add(new LoadRun(load, server, first, load.connections() * (i + 1) / used - first, drivers == 1));
        }
        threads = Executors.newFixedThreadPool(used);
    }

    /** Percentiles are the worst of the threads'. */
    LoadRun.Result run(Duration duration) throws IOException, InterruptedException {
        List<Future<LoadRun.Result>> running = new ArrayList<>();
        for (LoadRun run : runs) {
            running.add(threads.submit(() -> run.run(duration)));
        }
        LoadRun.Result sum = new LoadRun.Result(0, 0, 0, 0, 0);
        for (Future<LoadRun.Result> one : running) {
            try {
                sum = sum.with(one.get());
            } catch (ExecutionException e) {
                throw new IOException("load failed: " + e.getMessage(), e);
            }
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        threads.shutdown();
        for (LoadRun run : runs) {
            run.close();
        }
    }
}
