package io.larder.examples;

import io.larder.cache.Larder;
import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.Invalidates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Annotations on a plain class: no interface, no proxy. The build of this module weaves it after compiling; {@code larder.bind}
 * tells it where to keep the values.
 */
public final class WovenPrices {
    private final Map<String, Integer> table = new HashMap<>(Map.of("apple", 3, "pear", 4)); // stands for your database
    private int queries;

    /** The sum; each price comes from a call of the object to itself. */
    public int total(List<String> basket) {
        return basket.stream().mapToInt(this::price).sum();
    }

    /** Changes a price, and what is cached of it. */
    @Invalidates("#price")
    public void setPrice(String fruit, int cents) {
        table.put(fruit, cents);
    }

    /** How often the table was asked. */
    public int queries() {
        return queries;
    }

    @Cached(key = "price:{fruit}", ttl = "10m")
    private int price(String fruit) {
        queries++;
        return table.getOrDefault(fruit, 0);
    }

    /** Prints {@code 10 10 12, 3 queries}. */
    public static void main(String[] arguments) {
        try (Larder larder = Larder.open("mem:")) {
            larder.bind(WovenPrices.class);
            WovenPrices prices = new WovenPrices();
            List<String> basket = List.of("apple", "apple", "pear");

            int first = prices.total(basket);
            int second = prices.total(basket);
            prices.setPrice("apple", 4);
            int third = prices.total(basket);

            System.out.println(first + " " + second + " " + third + ", " + prices.queries() + " queries");
        }
    }
}
