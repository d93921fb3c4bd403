package io.larder.client;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A delete that a node has to make up for was dropped, as too many wait. */
@Name("io.larder.client.DeleteDropped")
@Label("Memcached Delete Dropped")
@Category({"Larder", "Memcached Client"})
@Description(
        "A delete that a memcached node has to make up for was dropped, as too many wait: it may serve the outdated value")
@StackTrace(false)
final class DeleteDroppedEvent extends Event {
    @Label("Node")
    @Nullable
    String node;
}
