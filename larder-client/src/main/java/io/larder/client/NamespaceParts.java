package io.larder.client;

/** What the view of a namespace is made of, over one cluster or two. */
interface NamespaceParts<V> {
    /** The calls of the cluster whose threads and flights are used; outside of the namespace. */
    KeyCalls<V> calls();

    /** A view of entries. */
    View<V> entries(String prefix, ViewSettings settings);

    /** A view of generations, each on its own node or nowhere. */
    View<Long> generations(ViewSettings settings);

    /** One cluster. */
    record OneCluster<V>(KeyCalls<V> calls) implements NamespaceParts<V> {
        @Override
        public View<V> entries(String prefix, ViewSettings settings) {
            return new TypedView<>(calls.within(prefix), settings);
        }

        @Override
        public View<Long> generations(ViewSettings settings) {
            return new TypedView<>(calls.as(Generation.CODEC).atHome(), settings);
        }
    }

    /** Two, of which the generation is that of the one that decides. */
    record TwoClusters<V>(MigratingClient client, KeyCalls<V> now, KeyCalls<V> old) implements NamespaceParts<V> {
        @Override
        public KeyCalls<V> calls() {
            return now;
        }

        @Override
        public View<V> entries(String prefix, ViewSettings settings) {
            return new MigratingView<>(client, now.within(prefix), old.within(prefix), settings);
        }

        @Override
        public View<Long> generations(ViewSettings settings) {
            return new MigratingView<>(
                    client,
                    now.as(Generation.CODEC).atHome(),
                    old.as(Generation.CODEC).atHome(),
                    settings);
        }
    }
}
