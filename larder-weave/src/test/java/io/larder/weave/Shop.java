package io.larder.weave;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** What tests call of woven objects, whose classes are those of a loader of their own. */
public interface Shop {
    /** Calls a private cached method of the same object. */
    String priceOf(String code);

    /** Calls a static cached method. */
    String rateOf(String currency);

    long mixed(byte b, short s, char c, int i, long l, float f, double d, boolean z, long[] many);

    String joined(String first, String... more);

    <T extends Comparable<T>> List<T> sorted(List<T> list);

    int failing(int code) throws IOException;

    double guarded(double x);

    Function<String, String> asFunction();

    void change(String code);

    int calls();
}
