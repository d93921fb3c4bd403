/**
 * The memcached client: shared pipelined connections, placement, failure handling, values.
 *
 * <pre>
 *   Memcached ─ Cluster ── Placement: which node holds a key
 *      │           └────── NodeLink, one per node ── Health: why it is down, when to dial again
 *      │                      └─ Lane, for small and for large: dials, and dials again
 *      │                         └─ Connection, shared by all threads
 *      │                            Pipeline       requests in the order of the wire
 *      │                            RequestWriter  whoever has the lock writes for all
 *      │                            ReplyReader    whoever has the lead reads for all
 *   View&lt;V&gt; ─ TypedView ─ KeyCalls: one key, one KeyCall (request, reply, result) on one link
 *            └ BulkCalls ─ Fanout ─ NodeShare: many keys, all nodes at once
 * </pre>
 *
 * <p>Callers wait in their own threads; the daemon threads there are ({@code larder-dial-*}, {@code larder-reader-*},
 * {@code larder-writer-*}) exist only while a connection needs them.
 */
@NullMarked
package io.larder.client;

import org.jspecify.annotations.NullMarked;
