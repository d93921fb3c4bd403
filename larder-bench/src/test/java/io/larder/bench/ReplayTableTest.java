package io.larder.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplayTableTest {
    private static final ReplayTable.Row HALF =
            new ReplayTable.Row(new ReplayCell("a", 5, 40, 128), 0.5, 0.25, 128L << 20, 0, 0);
    private static final ReplayTable.Row DOUBLE =
            new ReplayTable.Row(new ReplayCell("b", 1, 9, 10), 0.2, 0.4, 40L << 20, 3, 2);

    @Test
    void summary_halfAndDouble_areNoChangeInTheMean() {
        assertThat(ReplayTable.summary(List.of(HALF, DOUBLE)))
                .contains("+0.0 % over 2 cells (all)")
                .contains("-50.0 % over 1 cells (where memcached stayed within -m)")
                .contains("worst cell: b at 1 %, +100.0 %");
    }

    @Test
    void row_smallAndOverdrawn_saysSo() {
        assertThat(ReplayTable.row(DOUBLE))
                .endsWith(
                        "fewer than 128 pages; memcached took 40 MB; memcached refused 3 stores; Larder refused 2 stores");
        assertThat(ReplayTable.row(HALF)).endsWith("-50.0% |");
    }

    @Test
    void parse_lineOfARow_givesTheRow() {
        assertThat(ReplayTable.Row.parse(DOUBLE.toLine())).isEqualTo(DOUBLE);
    }

    @Test
    void plan_timeEnough_copiesUntilPagesAreEnough() throws IOException {
        ReplayCell cell = ReplayCell.plan("t", megabyteTrace(), 10, 60);

        assertThat(cell.megabytes()).isEqualTo(128);
        assertThat(cell.copies()).isBetween(1270, 1290);
        assertThat(cell.hasFewPages()).isFalse();
    }

    @Test
    void plan_noTime_replaysFewerCopiesButNeverNone() throws IOException {
        ReplayCell cell = ReplayCell.plan("t", megabyteTrace(), 100, 0);

        assertThat(cell).isEqualTo(new ReplayCell("t", 100, 2, 2)); // 2 MB is the least that memcached starts with
        assertThat(cell.hasFewPages()).isTrue();
    }

    private static Trace megabyteTrace() throws IOException {
        return Trace.read(new BufferedReader(new StringReader("0,0," + ((1 << 20) - 20) + ",get,0\n")), "test");
    }
}
