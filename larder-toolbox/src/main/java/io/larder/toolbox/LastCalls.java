package io.larder.toolbox;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * A ring of the last calls, two bits each.
 *
 * <pre>
 *   0 next slot   4 slots in use   8 failed, a bit a slot   .. slow, a bit a slot
 * </pre>
 */
final class LastCalls extends OutcomeWindow {
    private final int callsMax;
    private final BitSet failed;
    private final BitSet slow;
    private int next;
    private int used;
    private int failedSum; // counted along, for each call asks
    private int slowSum;

    LastCalls(int callsMax) {
        this.callsMax = callsMax;
        this.failed = new BitSet(callsMax);
        this.slow = new BitSet(callsMax);
    }

    @Override
    void add(long nowMillis, boolean hasFailed, boolean wasSlow) {
        add(hasFailed, wasSlow);
    }

    private void add(boolean hasFailed, boolean wasSlow) {
        failedSum += set(failed, hasFailed);
        slowSum += set(slow, wasSlow);
        next = (next + 1) % callsMax;
        used = Math.min(callsMax, used + 1);
    }

    /** Puts a bit into the next slot; answers by how much the sum changes. An unused slot is clear. */
    private int set(BitSet bits, boolean value) {
        int before = bits.get(next) ? 1 : 0;
        bits.set(next, value);
        return (value ? 1 : 0) - before;
    }

    @Override
    void addAll(OutcomeWindow other) {
        LastCalls calls = (LastCalls) other;
        for (int i = 0; i < calls.used; i++) {
            int slot = Math.floorMod(calls.next - calls.used + i, calls.callsMax);
            add(calls.failed.get(slot), calls.slow.get(slot));
        }
    }

    @Override
    void advance(long nowMillis) {} // calls do not age

    @Override
    int calls() {
        return used;
    }

    @Override
    int failed() {
        return failedSum;
    }

    @Override
    int slow() {
        return slowSum;
    }

    @Override
    void clear() {
        failed.clear();
        slow.clear();
        next = 0;
        used = 0;
        failedSum = 0;
        slowSum = 0;
    }

    private int bitBytes() {
        return (callsMax + Byte.SIZE - 1) / Byte.SIZE;
    }

    @Override
    int byteCount() {
        return 2 * Integer.BYTES + 2 * bitBytes();
    }

    @Override
    void write(ByteBuffer out) {
        out.putInt(next).putInt(used);
        write(failed, out);
        write(slow, out);
    }

    private void write(BitSet bits, ByteBuffer out) {
        int end = out.position() + bitBytes();
        out.put(bits.toByteArray());
        out.position(end); // what is beyond the last bit is zero
    }

    @Override
    void read(ByteBuffer in) {
        clear();
        next = Math.floorMod(in.getInt(), callsMax);
        used = Math.max(0, Math.min(callsMax, in.getInt()));
        read(failed, in);
        read(slow, in);
        failedSum = failed.cardinality();
        slowSum = slow.cardinality();
    }

    private void read(BitSet bits, ByteBuffer in) {
        byte[] bytes = new byte[bitBytes()];
        in.get(bytes);
        bits.or(BitSet.valueOf(bytes));
        bits.clear(callsMax, bytes.length * Byte.SIZE);
        for (int i = used; i < callsMax; i++) {
            bits.clear(Math.floorMod(next - 1 - i, callsMax)); // an unused slot is clear
        }
    }
}
