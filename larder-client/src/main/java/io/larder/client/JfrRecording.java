package io.larder.client;

/** Events of JDK Flight Recorder, where the runtime has its module. Without a recording each costs a look at a flag. */
final class JfrRecording implements FlightRecording {
    private final RequestEvent probe = new RequestEvent();

    @Override
    public boolean isOfRequests() {
        return probe.isEnabled();
    }

    @Override
    public Request begin() {
        RequestEvent recorded = new RequestEvent();
        recorded.begin();
        return recorded::end;
    }

    @Override
    public void node(String node, boolean usable, String reason) {
        NodeEvent event = new NodeEvent();
        if (event.isEnabled()) {
            event.node = node;
            event.usable = usable;
            event.reason = reason;
            event.commit();
        }
    }

    @Override
    public void deleteDropped(String node) {
        DeleteDroppedEvent event = new DeleteDroppedEvent();
        if (event.isEnabled()) {
            event.node = node;
            event.commit();
        }
    }
}
