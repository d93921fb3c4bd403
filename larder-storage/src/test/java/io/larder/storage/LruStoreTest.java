package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LruStoreTest extends ItemStoreContract {
    @Override
    ItemStore open(StorageConfig config) {
        return new LruStore(config, ticker);
    }

    @Test
    void full_leastRecentlyUsed_leavesFirst() {
        byte[] value = new byte[80_000];
        for (int i = 0; i < 100; i++) {
            session.store(StoreMode.SET, bytes("k" + i), ByteBuffer.wrap(value), 0, 0);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(session.get(bytes("k" + i))).isNotNull();
        }

        for (int i = 100; i < 150; i++) {
            session.store(StoreMode.SET, bytes("k" + i), ByteBuffer.wrap(value), 0, 0);
        }

        assertThat(session.get(bytes("k49"))).isNotNull();
        assertThat(session.get(bytes("k51"))).isNull();
        assertThat(session.get(bytes("k149"))).isNotNull();
    }

    @Test
    void increments_fromManyThreads_loseNone() throws InterruptedException {
        set("n", "0");
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                try (ItemStore.Session own = store.session()) {
                    start.await();
                    for (int i = 0; i < 10_000; i++) {
                        own.increment(bytes("n"), 1);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            threads.add(thread);
        }

        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(get("n")).isEqualTo("40000");
    }

    @Test
    void config_sizesThatCannotBe_areRefused() {
        assertThatThrownBy(() -> new StorageConfig(1000, 1024)).hasMessageContaining("at least 1048576");
        assertThatThrownBy(() -> new StorageConfig(1 << 20, 1 << 20)).hasMessageContaining("largest value of 1048576");
        assertThat(StorageConfig.DEFAULT.withBytes(1 << 20).valueBytesMax()).isEqualTo(1 << 19);
    }
}
