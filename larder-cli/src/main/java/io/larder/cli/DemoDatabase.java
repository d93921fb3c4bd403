package io.larder.cli;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An embedded database with generated customers and orders. Asking for one customer is slow for an honest reason: orders have
 * no index by customer, so the join reads all of them.
 *
 * <p>Thread-safe: one connection, one query at a time.
 */
final class DemoDatabase implements AutoCloseable {
    static final int CUSTOMERS = 1000;
    static final int ORDERS = 30_000;

    private static final int CENTS_MAX = 50_000;
    private static final int BATCH = 1000;

    private final Connection connection;
    private final PreparedStatement accountQuery;
    private final ReentrantLock oneQuery = new ReentrantLock();
    private final AtomicLong queries = new AtomicLong();

    private DemoDatabase(Connection connection) throws SQLException {
        this.connection = connection;
        generate();
        accountQuery = connection.prepareStatement("SELECT c.name, COUNT(*), SUM(o.amount)"
                + " FROM orders o JOIN customer c ON c.id = o.customer_id WHERE c.id = ? GROUP BY c.name");
    }

    static DemoDatabase open() throws SQLException {
        return new DemoDatabase(DriverManager.getConnection("jdbc:h2:mem:"));
    }

    private void generate() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE customer (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL)");
            statement.execute("CREATE TABLE orders"
                    + " (id BIGINT PRIMARY KEY, customer_id BIGINT NOT NULL, amount DECIMAL(10, 2) NOT NULL)");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO customer VALUES (?, ?)")) {
            for (int id = 1; id <= CUSTOMERS; id++) {
                insert.setLong(1, id);
                insert.setString(2, "Customer " + id);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        SplittableRandom random = new SplittableRandom(2026);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, ?, ?)")) {
            for (int id = 1; id <= ORDERS; id++) {
                insert.setLong(1, id);
                insert.setLong(2, id <= CUSTOMERS ? id : 1 + random.nextInt(CUSTOMERS)); // nobody is without one
                insert.setBigDecimal(3, BigDecimal.valueOf(random.nextInt(1, CENTS_MAX), 2));
                insert.addBatch();
                if (id % BATCH == 0) {
                    insert.executeBatch();
                }
            }
        }
    }

    /** The slow query. */
    Account account(long id) throws SQLException {
        queries.incrementAndGet();
        oneQuery.lock();
        try {
            accountQuery.setLong(1, id);
            try (ResultSet row = accountQuery.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("no customer " + id);
                }
                return new Account(id, row.getString(1), row.getLong(2), row.getBigDecimal(3));
            }
        } finally {
            oneQuery.unlock();
        }
    }

    /** All accounts by one query of another form, to check answers against; does not count. */
    Map<Long, Account> allAccounts() throws SQLException {
        Map<Long, Account> all = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT c.id, c.name, COUNT(*), SUM(o.amount)"
                        + " FROM customer c JOIN orders o ON c.id = o.customer_id GROUP BY c.id, c.name")) {
            while (rows.next()) {
                long id = rows.getLong(1);
                all.put(id, new Account(id, rows.getString(2), rows.getLong(3), rows.getBigDecimal(4)));
            }
        }
        return all;
    }

    /** How often the slow query ran. */
    long queries() {
        return queries.get();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
