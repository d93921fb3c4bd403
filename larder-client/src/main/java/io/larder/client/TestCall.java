package io.larder.client;

import io.larder.protocol.MetaReply;
import io.larder.protocol.MetaRequestEncoder;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;

/** An operation on one key that tells whether something was there. */
abstract class TestCall extends KeyCall<Boolean> {
    private final Status yes;
    private boolean was;

    TestCall(String operation, NodeLink link, String key, byte[] wireKey, Status yes) {
        super(operation, link, key, wireKey);
        this.yes = yes;
    }

    @Override
    protected final boolean take(TextReply reply) {
        if (reply instanceof MetaReply meta) {
            was = switch (meta.code()) {
                case HD -> true;
                case NF, EN, EX -> false; // EX: there is another item meanwhile
                case VA, NS, MN -> throw notMine(reply);
            };
        } else if (reply == yes || reply == Status.NOT_FOUND || reply == Status.EXISTS) {
            was = reply == yes; // EXISTS: as EX
        } else {
            throw notMine(reply);
        }
        return true;
    }

    @Override
    final Boolean result() {
        throwIfRefused();
        return was;
    }

    /** What must not be seen again once the node returns is forgotten there first. */
    abstract static class Removal extends TestCall {
        Removal(String operation, NodeLink link, String key, byte[] wireKey, Status yes) {
            super(operation, link, key, wireKey, yes);
        }

        @Override
        final void unanswered() {
            link().forget(wireKey());
        }
    }

    /** Removes an item. */
    static final class Delete extends Removal {
        Delete(String operation, NodeLink link, String key, byte[] wireKey) {
            super(operation, link, key, wireKey, Status.DELETED);
        }

        @Override
        boolean isRepeatable() {
            return true;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.delete(out, wireKey(), opaque);
            } else {
                TextRequestEncoder.delete(wireKey()).writeTo(out);
            }
        }
    }

    /**
     * Removes an item if it still has a CAS token. The classic protocol has no such delete, but its {@code cas} stores what has
     * expired already: an exptime above 30 days is a time since 1970 (protocol.txt of memcached, "Expiration times").
     */
    static final class DeleteUnchanged extends Removal {
        private static final long PAST = 30L * 24 * 60 * 60 + 1;
        private static final byte[] NOTHING = {};

        private final long cas;

        DeleteUnchanged(NodeLink link, String key, byte[] wireKey, long cas) {
            super("delete", link, key, wireKey, Status.STORED);
            this.cas = cas;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.delete(out, wireKey(), cas, opaque);
            } else {
                TextRequestEncoder.cas(wireKey(), 0, PAST, cas, NOTHING).writeTo(out);
            }
        }
    }

    /** Marks an item as stale for another while; where the node cannot, the item is removed. */
    static final class MarkStale extends Removal {
        private final long exptime;

        MarkStale(NodeLink link, String key, byte[] wireKey, long exptime) {
            super("markStale", link, key, wireKey, Status.DELETED);
            this.exptime = link.exptime(exptime);
        }

        @Override
        boolean isRepeatable() {
            return true;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.markStale(out, wireKey(), exptime, opaque);
            } else {
                TextRequestEncoder.delete(wireKey()).writeTo(out);
            }
        }
    }

    /** Gives an item a new exptime. */
    static final class Touch extends TestCall {
        private final long exptime;

        Touch(NodeLink link, String key, byte[] wireKey, long exptime) {
            super("touch", link, key, wireKey, Status.TOUCHED);
            this.exptime = link.exptime(exptime);
        }

        @Override
        boolean isRepeatable() {
            return true;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.touch(out, wireKey(), exptime, opaque);
            } else {
                TextRequestEncoder.touch(wireKey(), exptime).writeTo(out);
            }
        }
    }
}
