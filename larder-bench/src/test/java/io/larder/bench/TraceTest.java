package io.larder.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

final class TraceTest {
    @Test
    void read_lines_keepsColumnsAndCountsUniqueBytesOnce() throws IOException {
        Trace trace = read("0,0,100,get,0\n5,1,7,set,60\n5,0,100,delete,0\n");

        assertThat(trace.requests()).isEqualTo(3);
        assertThat(trace.keys()).isEqualTo(2);
        assertThat(trace.op(1)).isEqualTo(Trace.Op.SET);
        assertThat(trace.timeSeconds(2)).isEqualTo(5);
        assertThat(trace.ttlSeconds(1)).isEqualTo(60);
        assertThat(trace.uniqueBytes()).isEqualTo(20 + 100 + 20 + 7);
        assertThat(trace.requestedBytes()).isEqualTo(207);
        assertThat(trace.valueBytesMax()).isEqualTo(100);
        assertThat(trace.expires()).isTrue();
    }

    @Test
    void read_keyThatChangesSize_namesTheLine() {
        assertThatThrownBy(() -> read("0,0,100,get,0\n0,0,99,get,0\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("test, line 2: key 0 changes size from 100 to 99");
    }

    @Test
    void read_timeThatGoesBack_isRefused() {
        assertThatThrownBy(() -> read("3,0,1,get,0\n2,0,1,get,0\n")).hasMessageContaining("time goes back to second 2");
    }

    private static Trace read(String lines) throws IOException {
        return Trace.read(new BufferedReader(new StringReader(lines)), "test");
    }
}
