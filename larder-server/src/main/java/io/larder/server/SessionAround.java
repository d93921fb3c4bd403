package io.larder.server;

import io.larder.storage.ItemStore;

/** A session that works through another; what concerns neither keys nor tokens is passed on as it is. Confined to the event loop. */
abstract class SessionAround implements ItemStore.Session {
    final ItemStore.Session session;

    SessionAround(ItemStore.Session session) {
        this.session = session;
    }

    @Override
    public final boolean win() {
        return session.win();
    }

    @Override
    public final long counter() {
        return session.counter();
    }

    @Override
    public final void flush(long delaySeconds) {
        session.flush(delaySeconds);
    }

    @Override
    public final void beginBatch() {
        session.beginBatch();
    }

    @Override
    public final void quiesce() {
        session.quiesce();
    }

    @Override
    public final void close() {
        session.close();
    }
}
