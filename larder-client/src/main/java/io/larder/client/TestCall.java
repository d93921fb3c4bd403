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
        } else if (reply == yes || reply == Status.NOT_FOUND) {
            was = reply == yes;
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
        Removal(String operation, NodeLink link, String key, byte[] wireKey) {
            super(operation, link, key, wireKey, Status.DELETED);
        }

        @Override
        final void unanswered() {
            link().forget(wireKey());
        }
    }

    /** Removes an item. */
    static final class Delete extends Removal {
        Delete(String operation, NodeLink link, String key, byte[] wireKey) {
            super(operation, link, key, wireKey);
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

    /** Removes an item if it still has a CAS token; where the node cannot tell, in any case. */
    static final class DeleteUnchanged extends Removal {
        private final long cas;

        DeleteUnchanged(NodeLink link, String key, byte[] wireKey, long cas) {
            super("copy", link, key, wireKey);
            this.cas = cas;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.delete(out, wireKey(), cas, opaque);
            } else {
                TextRequestEncoder.delete(wireKey()).writeTo(out);
            }
        }
    }

    /** Gives up a lease: removes its stub unless somebody stored meanwhile. Only nodes with meta commands give leases. */
    static final class Release extends TestCall {
        private final long lease;

        Release(NodeLink link, String key, byte[] wireKey, long lease) {
            super("release", link, key, wireKey, Status.DELETED);
            this.lease = lease;
        }

        @Override
        protected void write(Dialect dialect, int opaque, ByteBuffer out) {
            if (dialect == Dialect.META) {
                MetaRequestEncoder.delete(out, wireKey(), lease, opaque);
            } else { // the node was replaced by an older one meanwhile, which has no stub: ask for nothing in
                // particular
                TextRequestEncoder.touch(wireKey(), 0).writeTo(out);
            }
        }
    }

    /** Marks an item as stale for another while; where the node cannot, the item is removed. */
    static final class MarkStale extends Removal {
        private final long exptime;

        MarkStale(NodeLink link, String key, byte[] wireKey, long exptime) {
            super("markStale", link, key, wireKey);
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
