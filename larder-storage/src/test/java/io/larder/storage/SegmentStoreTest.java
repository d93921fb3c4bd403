package io.larder.storage;

class SegmentStoreTest extends ItemStoreContract {
    @Override
    ItemStore open(StorageConfig config) {
        return new SegmentStore(config, ticker, 42);
    }
}
