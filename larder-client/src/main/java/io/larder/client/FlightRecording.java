package io.larder.client;

/**
 * Events of JDK Flight Recorder. Its module may be missing, so nothing but {@link JfrRecording} names its classes. Thread-safe.
 */
interface FlightRecording {
    /** Nothing is recorded. */
    FlightRecording NONE = new FlightRecording() {
        @Override
        public boolean isOfRequests() {
            return false;
        }

        @Override
        public Request begin() {
            return event -> {};
        }

        @Override
        public void node(String node, boolean usable, String reason) {}

        @Override
        public void deleteDropped(String node) {}
    };

    /** A request that is recorded if it takes long. */
    interface Request {
        void end(CallEvent event);
    }

    /** That of this runtime. */
    static FlightRecording ofRuntime() {
        try {
            Class.forName("jdk.jfr.Event", false, FlightRecording.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return NONE;
        }
        return new JfrRecording();
    }

    /** Whether requests are recorded just now. */
    boolean isOfRequests();

    /** A request begins now. */
    Request begin();

    void node(String node, boolean usable, String reason);

    void deleteDropped(String node);
}
