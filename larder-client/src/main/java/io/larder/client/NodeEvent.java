package io.larder.client;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A node became usable, or ceased to be. */
@Name("io.larder.client.Node")
@Label("Memcached Node")
@Category({"Larder", "Memcached Client"})
@Description("A memcached node became usable, or ceased to be")
@StackTrace(false)
final class NodeEvent extends Event {
    @Label("Node")
    @Nullable
    String node;

    @Label("Usable")
    boolean usable;

    @Label("Reason")
    @Nullable
    String reason;
}
