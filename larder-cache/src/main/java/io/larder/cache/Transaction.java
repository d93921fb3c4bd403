package io.larder.cache;

/**
 * What a thread changes in the cache within a transaction of the database: it takes effect when both are committed, and vanishes
 * otherwise.
 *
 * <pre>{@code
 * try (Transaction tx = larder.transaction()) {
 *     dao.update(account);             // by the connection of this thread
 *     accounts.invalidate(account.id());
 *     connection.commit();             // first the database,
 *     tx.commit();                     // then the cache
 * }                                    // closed without commit: rolled back
 * }</pre>
 *
 * <p>Until the commit, {@code put}, {@code invalidate}, {@code expire}, {@code refresh}, tags, namespaces and {@code @Invalidates} wait,
 * and others get what they got before. In the transaction, a get answers what was put in it; what was changed or is missing is loaded
 * in this thread, shared with nobody, stored nowhere, and remembered up to the end. What others have stored is served, unless it was
 * invalidated here. A transaction changes at most 10,000 keys and tags, and remembers at most 1000 loads.
 *
 * <p>At the commit a value that was put is stored, unless another thread has changed its key meanwhile, or the transaction one of its
 * tags: then the key is invalidated.
 *
 * <p>One begun inside another belongs to it. Closed without commit, it takes its values back and leaves its invalidations, so that
 * it is right whether the database has gone back to a savepoint or not.
 *
 * <p>For the thread that began it; {@link Larder#carrying(Runnable)} takes it to others, whose work must have ended before the commit. What
 * comes later takes effect at once, and after a rollback a put of theirs is an invalidation.
 */
public final class Transaction implements Scope {
    private final Uncommitted all;
    private final boolean isInner;
    private final long numberBefore;
    private final Thread thread = Thread.currentThread();
    private final Scope scope;
    private State state = State.OPEN;
    private boolean closed;

    private enum State {
        OPEN("is open"),
        COMMITTED("was committed"),
        ROLLED_BACK("was rolled back");

        final String text;

        State(String text) {
            this.text = text;
        }
    }

    private Transaction(Uncommitted all, boolean isInner, Scope scope) {
        this.all = all;
        this.isInner = isInner;
        this.numberBefore = all.number();
        this.scope = scope;
    }

    /** One of this thread's own, or one inside that which it is in. */
    static Transaction begin(Control control, Fences fences) {
        Uncommitted outer = control.transaction();
        Uncommitted all = outer == null ? new Uncommitted(fences) : outer;
        if (outer != null) {
            outer.joined(1);
        }
        return new Transaction(all, outer != null, control.in(all));
    }

    /**
     * Lets everything take effect; call it when the database has committed. Of one inside another, leaves that to the outer one.
     *
     * <p>Everything is tried, whatever fails: a store that cannot be told is made up for as with any invalidation, and what a
     * function of the program raises, like {@code storeIf}, comes out of here at the end. Others may see some of the changes
     * before all of them.
     *
     * @throws IllegalStateException if it has ended, belongs to another thread, or one inside it is open
     */
    public void commit() {
        end("commit", State.COMMITTED);
        if (!isInner) {
            all.commit();
        }
    }

    /**
     * Invalidates everything that was changed, values that were put too: for a database that failed at its commit, so that nobody
     * knows whether that took place.
     *
     * @throws IllegalStateException as {@link #commit}
     */
    public void commitInDoubt() {
        end("commit", State.COMMITTED);
        if (isInner) {
            all.takeBackTo(numberBefore);
        } else {
            all.commitInDoubt();
        }
    }

    private void end(String verb, State as) {
        checkThread(verb);
        if (state != State.OPEN || !all.isOpen()) {
            throw new IllegalStateException("a transaction cannot %s: it %s; begin another by larder.transaction()"
                    .formatted(verb, state == State.OPEN ? "ended with the one around it" : state.text));
        }
        if (!isInner && all.joined() > 0) {
            throw new IllegalStateException(
                    "a transaction cannot %s: one begun inside it is open; close that first".formatted(verb));
        }
        state = as;
    }

    private void checkThread(String verb) {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "a transaction begun by thread %s cannot %s in %s; do it where it was begun, and carry work by larder.carrying(...)"
                            .formatted(
                                    thread.getName(),
                                    verb,
                                    Thread.currentThread().getName()));
        }
    }

    /**
     * Ends it, and without {@link #commit} rolls it back. Closing it twice does nothing.
     *
     * @throws IllegalStateException if another thread calls it
     */
    @Override
    public void close() {
        checkThread("close");
        if (closed) {
            return;
        }
        closed = true;
        if (state == State.OPEN) {
            state = State.ROLLED_BACK;
            if (isInner) {
                all.takeBackTo(numberBefore);
            } else {
                all.rollBack();
            }
        }
        if (isInner) {
            all.joined(-1);
        }
        scope.close();
    }
}
