package io.larder.cache;

/** What a simulation sees and switches inside the framework. */
public final class Inside {
    private Inside() {}

    /** Plants a bug: nothing keeps a value from being stored after it was invalidated. */
    public static LarderBuilder withoutFencing(LarderBuilder builder) {
        return builder.withoutFencing();
    }

    /** Flights and waits that have not ended. */
    public static int underWay(Larder larder) {
        return larder.underWay();
    }
}
