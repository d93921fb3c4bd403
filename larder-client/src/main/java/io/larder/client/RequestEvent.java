package io.larder.client;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A request on keys that took longer than a threshold; see {@link CallEvent} for the times. */
@Name("io.larder.client.Request")
@Label("Memcached Request")
@Category({"Larder", "Memcached Client"})
@Description("A request to a memcached node that took longer than the threshold")
@Threshold("20 ms")
final class RequestEvent extends Event {
    @Label("Operation")
    @Nullable
    String operation;

    @Label("Node")
    @Nullable
    String node;

    @Label("Outcome")
    @Nullable
    String outcome;

    @Label("Queue Time")
    @Timespan(Timespan.NANOSECONDS)
    long queueTime;

    @Label("Wire Time")
    @Timespan(Timespan.NANOSECONDS)
    long wireTime;

    @Label("Decode Time")
    @Timespan(Timespan.NANOSECONDS)
    long decodeTime;

    void end(CallEvent event) {
        end();
        if (shouldCommit()) {
            operation = event.operation();
            node = event.node();
            outcome = event.outcome().name();
            queueTime = event.queueNanos();
            wireTime = event.wireNanos();
            decodeTime = event.decodeNanos();
            commit();
        }
    }
}
