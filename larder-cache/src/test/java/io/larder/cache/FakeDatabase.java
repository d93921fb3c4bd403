package io.larder.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Rows with transactions, one for a thread at a time: others read what is committed, and wait to write a row that is written in
 * another's. Thread-safe.
 */
final class FakeDatabase {
    private final ConcurrentMap<Long, String> committed = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, ReentrantLock> locks = new ConcurrentHashMap<>();

    @SuppressWarnings("ThreadLocalUsage") // one for each database
    private final ThreadLocal<Connection> current = new ThreadLocal<>();

    /** The transaction of a thread; closed without commit, it is rolled back. */
    final class Connection implements AutoCloseable {
        private final Map<Long, String> written = new HashMap<>();
        private final List<ReentrantLock> held = new ArrayList<>();

        void write(long row, String value) {
            if (!written.containsKey(row)) {
                ReentrantLock lock = locks.computeIfAbsent(row, id -> new ReentrantLock());
                lock.lock();
                held.add(lock);
            }
            written.put(row, value);
        }

        void commit() {
            committed.putAll(written);
            end();
        }

        private void end() {
            held.forEach(ReentrantLock::unlock);
            held.clear();
            written.clear();
        }

        @Override
        public void close() {
            end();
            current.remove();
        }
    }

    Connection begin() {
        Connection connection = new Connection();
        current.set(connection);
        return connection;
    }

    /** Writes and commits. */
    void write(long row, String value) {
        committed.put(row, value);
    }

    /** As this thread sees it. */
    String read(long row) {
        Connection connection = current.get();
        String own = connection == null ? null : connection.written.get(row);
        return own != null ? own : committed.getOrDefault(row, "none");
    }
}
