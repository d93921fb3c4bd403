package io.larder.storage;

/** Makes room for a session that found none. Confined to the session's thread, which holds no stripe meanwhile. */
final class RoomMaker {
    private final SegmentStore store;
    private final Guard guard;

    RoomMaker(SegmentStore store, Guard guard) {
        this.store = store;
        this.guard = guard;
    }

    /** One segment. */
    boolean make() {
        return make(1);
    }

    /** Lets go of what was found: it may be what has to leave. */
    boolean make(long segments) {
        guard.leave();
        try {
            return store.makeRoom(segments);
        } finally {
            guard.enter();
        }
    }
}
